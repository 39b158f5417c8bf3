//! The values that a function could return without doing anything.

use syn::{GenericArgument, PathArguments, Type};

/// Simple values of a type, as source text; none if there is no obvious one.
pub(super) fn of(of: &Type) -> Vec<String> {
    let values: &[&str] = match of {
        Type::Tuple(tuple) if tuple.elems.is_empty() => &["()"],
        Type::Path(path) => {
            let Some(last) = path.path.segments.last() else {
                return Vec::new();
            };
            match last.ident.to_string().as_str() {
                "bool" => &["true", "false"],
                "u8" | "u16" | "u32" | "u64" | "u128" | "usize" | "i8" | "i16" | "i32" | "i64"
                | "i128" | "isize" => &["0", "1"],
                "Duration" => &["std::time::Duration::ZERO"],
                "String" => &["String::new()"],
                "Vec" => &["Vec::new()"],
                "Option" => &["None"],
                "Result" => return results(&last.arguments),
                _ => &[],
            }
        }
        _ => &[],
    };
    values.iter().map(|&value| value.to_owned()).collect()
}

fn results(arguments: &PathArguments) -> Vec<String> {
    let PathArguments::AngleBracketed(arguments) = arguments else {
        return Vec::new();
    };
    let Some(GenericArgument::Type(first)) = arguments.args.first() else {
        return Vec::new();
    };
    of(first)
        .iter()
        .map(|value| format!("Ok({value})"))
        .collect()
}
