//! Command line in, one command run, exit code out; nothing else.

fn main() -> std::process::ExitCode {
    recourse::cli::main()
}
