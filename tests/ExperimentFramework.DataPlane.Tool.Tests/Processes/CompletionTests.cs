namespace ExperimentFramework.DataPlane.Tool.Tests.Processes;

/// <summary>The scripts of the command <c>completion</c>, in the shells that they are for.</summary>
public sealed class CompletionTests
{
    private static readonly string[] OfEachCommand = ["--help", "-h", "-?", "/?", "/h"];

    [Theory]
    [InlineData("ins", "inspect")]
    [InlineData("inspect --js", "--json")]
    [InlineData("completion ", "bash zsh powershell")]
    public async Task Bash_completes_commands_options_and_their_values(string line, string words)
    {
        using var shell = new Shell();
        var typed = line.Split(' ');

        var completed = await shell.RunAsync("bash", $$"""
            source <(dataplane completion bash)
            complete -p dataplane >/dev/null
            COMP_LINE="dataplane {{line}} ignored" COMP_POINT={{"dataplane ".Length + line.Length}}
            COMP_WORDS=(dataplane {{string.Join(' ', typed[..^1])}} "{{typed[^1]}}") COMP_CWORD={{typed.Length}}
            _dataplane
            printf '%s\n' "${COMPREPLY[@]}"
            """);

        Assert.Equal(words.Split(' ').Order(), completed.Except(OfEachCommand).Order());
    }

    [Theory]
    [InlineData("ins", "inspect")]
    [InlineData("inspect --js", "--json")]
    [InlineData("completion ", "bash zsh powershell")]
    public async Task Zsh_is_given_the_same_words(string line, string words)
    {
        using var shell = new Shell();
        var typed = line.Split(' ');

        // What zsh does with words needs a terminal; the functions that take them stand in for it.
        var completed = await shell.RunAsync("zsh", $$"""
            compdef() { [[ $1 == _dataplane && $2 == dataplane ]] }
            compadd() { shift; print -l -- $@ }
            _files() { }
            source <(dataplane completion zsh)
            words=(dataplane {{string.Join(' ', typed[..^1])}} "{{typed[^1]}}" ignored) CURRENT={{typed.Length + 1}}
            _dataplane
            """);

        Assert.Equal(words.Split(' ').Order(), completed.Except(OfEachCommand).Order());
    }

    [Fact]
    public async Task What_is_no_shell_is_refused_with_those_there_are()
    {
        using var tool = new Streams.ToolFixture();

        var run = await tool.RunAsync("completion", "fish");

        Assert.Equal(2, run.Code);
        Assert.Contains("powershell", run.Error, StringComparison.Ordinal);
    }
}
