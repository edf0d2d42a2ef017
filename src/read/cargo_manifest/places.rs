//! Lines of a manifest, for what is said about it.

/// The line, from 1, where the package says its version, or else its name.
pub fn line_of_version(text: &str) -> Option<usize> {
    let of = |key: &str| {
        find(text, |table, line_key| matches!(table, "package" | "project") && line_key == key)
    };
    of("version").or_else(|| of("name"))
}

/// The line, from 1, where a dependency of that name is declared first.
pub fn line_of_dependency(text: &str, name: &str) -> Option<usize> {
    let is_table = |table: &str| table.ends_with("dependencies") && !table.starts_with("workspace");
    find(text, |table, key| is_table(table) && key == name).or_else(|| {
        // `[dependencies.name]`
        text.lines()
            .position(|line| {
                let table = header(line).unwrap_or_default();
                let (before, last) = table.rsplit_once('.').unwrap_or_default();
                is_table(before.trim()) && unquoted(last) == name
            })
            .map(|at| at + 1)
    })
}

fn find(text: &str, is_wanted: impl Fn(&str, &str) -> bool) -> Option<usize> {
    let mut table = "";
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(header) = header(line) {
            table = header;
        } else if let Some((key, _)) = line.split_once('=')
            // `version.workspace = true` speaks of `version`.
            && is_wanted(table, unquoted(key.split('.').next().unwrap_or(key)))
        {
            return Some(number);
        }
    }
    None
}

fn header(line: &str) -> Option<&str> {
    Some(line.trim().strip_prefix('[')?.split(']').next()?.trim())
}

fn unquoted(key: &str) -> &str {
    key.trim().trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "[workspace.dependencies]\na = \"9\"\n\n[package]\nname = \"app\"\n\
                            version.workspace = true\n[dependencies]\na = \"1\"\n\"b\" = { \
                            version = \"2\" }\n[target.'cfg(unix)'.dependencies]\nc.workspace = \
                            true\n[dev-dependencies.d]\nversion = \"3\"\n";

    #[test]
    fn lines_are_those_of_the_package_and_its_dependencies() {
        assert_eq!(line_of_version(MANIFEST), Some(6));
        assert_eq!(line_of_version("[package]\nname = \"x\"\n"), Some(2));
        assert_eq!(line_of_version("[workspace]\nversion = 1\n"), None);
        let lines = [("a", Some(8)), ("b", Some(9)), ("c", Some(11)), ("d", Some(12)), ("e", None)];
        for (name, line) in lines {
            assert_eq!(line_of_dependency(MANIFEST, name), line, "{name}");
        }
    }
}
