//! The man page, as it is composed of the arguments and `man.roff`.
#![cfg(test)]

use clap::{Arg, Command, CommandFactory as _};
use clap_mangen::Man;

use super::Cli;
use super::generated::assert_committed;

/// One page: each shared option once, a section for each subcommand, and those that man pages have.
#[test]
fn the_man_page_is_what_the_arguments_generate() {
    let mut command = Cli::command();
    command.build();
    let subcommands = leaves(&command);
    let usage = |command: &Command| command.clone().render_usage().to_string().replace("Usage: ", "");
    let forms: Vec<_> = subcommands.iter().map(|subcommand| usage(subcommand)).collect();
    let forms = format!("catena-token [OPTIONS]\n{}", forms.join("\n"));
    let man = Man::new(command.clone().override_usage(forms));
    let mut page = Vec::new();
    man.render_title(&mut page).unwrap();
    man.render_name_section(&mut page).unwrap();
    man.render_synopsis_section(&mut page).unwrap();
    man.render_description_section(&mut page).unwrap();
    man.render_options_section(&mut page).unwrap();
    page.extend(b".SH SUBCOMMANDS\n");
    subcommands.iter().for_each(|subcommand| render_subcommand(subcommand, &command, &mut page));
    render_sections(&command, &mut page);
    man.render_version_section(&mut page).unwrap();
    // Each of clap_mangen's sections begins with these two lines.
    let prelude = ".ie \\n(.g .ds Aq \\(aq\n.el .ds Aq '\n";
    let page = String::from_utf8(page).unwrap().replace(prelude, "");
    assert_committed("catena-token.1", format!("{prelude}{page}").as_bytes());
}

/// The subcommands that do something.
fn leaves(command: &Command) -> Vec<&Command> {
    let subcommands = command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help");
    subcommands.flat_map(|one| if one.has_subcommands() { leaves(one) } else { vec![one] }).collect()
}

fn render_subcommand(subcommand: &Command, bare: &Command, page: &mut Vec<u8>) {
    let name = subcommand.get_bin_name().unwrap().trim_start_matches("catena-token ");
    let man = Man::new(subcommand.clone());
    let mut description = Vec::new();
    man.render_description_section(&mut description).unwrap();
    let heading = format!(".SS {name}\n");
    page.extend(String::from_utf8(description).unwrap().replace(".SH DESCRIPTION\n", &heading).bytes());
    let help = |arg: &Arg| arg.get_long_help().or(arg.get_help()).map(ToString::to_string);
    let is_shared =
        |arg: &&Arg| bare.get_arguments().any(|shared| shared.get_id() == arg.get_id() && help(shared) == help(arg));
    let names = |options: Vec<&Arg>| {
        let names = options.iter().filter_map(|option| option.get_long()).map(|name| format!("--{name}"));
        names.filter(|name| name != "--help" && name != "--version").collect::<Vec<_>>().join(", ")
    };
    let taken = subcommand.get_arguments().filter(is_shared).collect::<Vec<_>>();
    let is_taken = |arg: &&Arg| subcommand.get_arguments().any(|taken| taken.get_id() == arg.get_id());
    let refused = bare.get_arguments().filter(|arg| !is_taken(arg)).collect::<Vec<_>>();
    let shared = match (names(taken.clone()), names(refused.clone())) {
        (none, _) if none.is_empty() => "It takes none of the options above.".to_owned(),
        (some, _) if taken.len() < refused.len() => format!("Of the options above, it takes {some}."),
        (_, none) if none.is_empty() => "It takes all options above.".to_owned(),
        (_, some) => format!("It takes all options above except {some}."),
    };
    let own = subcommand.clone().mut_args(|arg| {
        let is_hidden = is_shared(&&arg) || arg.get_id() == "help";
        arg.hide(is_hidden)
    });
    let mut options = Vec::new();
    Man::new(own).render_options_section(&mut options).unwrap();
    let options = String::from_utf8(options).unwrap();
    let options = options.lines().filter(|line| !line.starts_with(".SH")).map(|line| format!("{line}\n"));
    page.extend(options.collect::<String>().bytes());
    page.extend(format!(".PP\n{}\n", escaped(&shared)).bytes());
    let examples = subcommand.get_after_long_help().unwrap().to_string();
    page.extend(format!(".PP\nExamples:\n{}", literal(examples.lines().skip(1))).bytes());
}

fn render_sections(bare: &Command, page: &mut Vec<u8>) {
    let [examples, variables, codes, note] = bare
        .get_after_long_help()
        .unwrap()
        .to_string()
        .split("\n\n")
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    page.extend(format!(".SH EXAMPLES\n{}", literal(examples.lines().skip(1))).bytes());
    page.extend(b".SH \"EXIT STATUS\"\n");
    for (code, meaning) in codes.lines().skip(1).map(|line| line.trim().split_once("  ").unwrap()) {
        page.extend(format!(".TP\n\\fB{code}\\fR\n{}\n", escaped(meaning)).bytes());
    }
    page.extend(format!(".PP\n{}\n.SH ENVIRONMENT\n{}\n", escaped(&note), escaped(&variables)).bytes());
    for option in bare.get_arguments() {
        let help = option.get_long_help().or(option.get_help()).unwrap().to_string();
        let brackets = help.split('[').skip(1).filter_map(|rest| rest.split(']').next());
        let is_variable = |name: &&str| name.contains('_') && name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
        for variable in brackets.flat_map(|names| names.split(", ")).filter(is_variable) {
            let option = escaped(&format!("--{}", option.get_long().unwrap()));
            page.extend(format!(".TP\n\\fB{variable}\\fR\nSee \\fB{option}\\fR.\n").bytes());
        }
    }
    page.extend(include_bytes!("man.roff"));
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('-', "\\-").replace('\'', "\\*(Aq")
}

/// Lines that are not filled.
fn literal<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let lines: String = lines.map(|line| format!("{}\n", escaped(line.trim()))).collect();
    format!(".RS 4\n.nf\n{lines}.fi\n.RE\n")
}
