//! Looks for the tests of the renderers.

use super::look::Look;

pub(crate) fn plain() -> Look {
    Look {
        width: 80,
        color: false,
        unicode: true,
        verbose: false,
        quiet: false,
        program: "cargo grader".to_owned(),
        more: "-v",
        source: None,
    }
}

pub(crate) fn colored() -> Look {
    Look {
        color: true,
        ..plain()
    }
}

pub(crate) fn verbose() -> Look {
    Look {
        verbose: true,
        ..plain()
    }
}

pub(crate) fn quiet() -> Look {
    Look {
        quiet: true,
        ..plain()
    }
}
