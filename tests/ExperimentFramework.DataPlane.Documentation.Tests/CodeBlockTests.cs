using System.Text.RegularExpressions;

namespace ExperimentFramework.DataPlane.Documentation.Tests;

/// <summary>The code that pages show compiles without a warning. Pages of diagnostics show wrong code on purpose and are compiled with the analyzers.</summary>
public sealed partial class CodeBlockTests
{
    public static TheoryData<string> Pages { get; } =
    [
        .. Page.All
            .Where(page => page.CSharp.Count > 0 && page.Name != "README.md" && !page.Name.StartsWith("docs/diagnostics/", StringComparison.Ordinal))
            .Select(page => page.Name),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_code_block_of_a_page_compiles(string name) => PageCompiler.Compile(StandIns.Usings, PageCompiler.AsProgram(Page.Get(name)));

    [Fact]
    public void The_readme_shows_the_line_that_is_generated()
    {
        var readme = Page.Get("README.md");
        var generated = string.Concat(PageCompiler.Compile(StandIns.Usings, PageCompiler.AsProgram(readme.CSharp)).SyntaxTrees);

        var shown = ShownLine().Match(readme.Text).Groups[1].Value;
        Assert.Equal(Normalized(shown), Normalized(GeneratedLine().Match(generated).Value));
    }

    /// <summary>Without white space, and with simple names.</summary>
    private static string Normalized(string code) => Qualification().Replace(code.Replace("global::", "", StringComparison.Ordinal), "");

    [GeneratedRegex("```text\n(ValueTask.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShownLine();

    [GeneratedRegex(@"global::System\.Threading\.Tasks\.ValueTask<decimal>.*?;", RegexOptions.Singleline)]
    private static partial Regex GeneratedLine();

    [GeneratedRegex(@"System\.Threading\.Tasks\.|System\.Threading\.|ExperimentFramework\.DataPlane\.(CompilerServices\.)?|\s")]
    private static partial Regex Qualification();
}
