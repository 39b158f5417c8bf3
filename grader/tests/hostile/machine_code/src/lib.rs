//! attack: brings its own `main`
//! expected: forbidden `global_asm!`

std::arch::global_asm!(".globl main", "main: xor edi, edi", "call exit");
