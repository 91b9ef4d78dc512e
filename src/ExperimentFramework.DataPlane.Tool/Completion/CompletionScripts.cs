namespace ExperimentFramework.DataPlane.Tool;

/// <summary>The scripts that ask the program itself what may come next: <c>dataplane [suggest:POSITION] "LINE"</c> writes a line for each possible word.</summary>
internal static class CompletionScripts
{
    private const string Bash = """
        # Completion of dataplane in Bash. In ~/.bashrc: source <(dataplane completion bash)
        _dataplane() {
            local line="${COMP_LINE:0:$COMP_POINT}"
            mapfile -t COMPREPLY < <(compgen -W "$(dataplane "[suggest:${#line}]" "$line" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}")
        }
        complete -o default -F _dataplane dataplane

        """;

    private const string Zsh = """
        #compdef dataplane
        # Completion of dataplane in Zsh. In ~/.zshrc, after compinit: source <(dataplane completion zsh)
        _dataplane() {
            local line="${(j: :)words[1,CURRENT]}"
            local -a suggested=("${(@f)$(dataplane "[suggest:${#line}]" "$line" 2>/dev/null)}")
            compadd -- ${suggested:#}
            _files
        }
        compdef _dataplane dataplane

        """;

    private const string PowerShell = """
        # Completion of dataplane in PowerShell. In $PROFILE: dataplane completion powershell | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName dataplane -ScriptBlock {
            param($word, $command, $position)
            $line = $command.ToString().PadRight($position - $command.Extent.StartOffset)
            dataplane "[suggest:$($line.Length)]" $line 2>$null |
                Where-Object { $_.StartsWith($word) } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }

        """;

    /// <summary>The shells that have a script.</summary>
    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "powershell"];

    /// <summary>The script of a shell.</summary>
    public static string Of(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        _ => PowerShell,
    };
}
