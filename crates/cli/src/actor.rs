//! Who runs the program, as the audit names them.

/// `cli:` and the user's name on this machine.
pub(crate) fn name() -> String {
    let user = ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .find_map(|name| {
            std::env::var(name)
                .ok()
                .filter(|user| !user.trim().is_empty())
        });
    format!("cli:{}", user.as_deref().unwrap_or("unknown"))
}
