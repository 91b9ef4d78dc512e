using System.Reflection;
using System.Text.RegularExpressions;

namespace ExperimentFramework.DataPlane.Documentation.Tests;

/// <summary>A page of the documentation, by its path from the root of the repository.</summary>
internal sealed partial class Page
{
    /// <summary>Set to <c>1</c>, tests write the generated pages instead of comparing them.</summary>
    private const string WriteVariable = "DATAPLANE_WRITE_DOCS";

    private Page(string path)
    {
        Name = Path.GetRelativePath(Root, path).Replace('\\', '/');
        Text = File.ReadAllText(path).ReplaceLineEndings("\n");
    }

    public static string Root { get; } = Path.GetFullPath(Path.Combine(
        typeof(Page).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "ProjectDirectory").Value!, "../.."));

    /// <summary>The pages in the root and in <c>docs</c>, and those that packages carry.</summary>
    public static IReadOnlyList<Page> All { get; } =
    [
        .. Directory.EnumerateFiles(Root, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateDirectories(Path.Combine(Root, "src")).SelectMany(project => Directory.EnumerateFiles(project, "*.md")))
            .Order(StringComparer.Ordinal)
            .Select(path => new Page(path)),
    ];

    /// <summary>The source files of all packages.</summary>
    public static IReadOnlyList<string> Sources { get; } =
    [
        .. new[] { "src", "generators", "analyzers" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(File.ReadAllText),
    ];

    public string Name { get; }

    public string Text { get; }

    public IReadOnlyList<string> CSharp => [.. CodeBlock().Matches(Text).Select(match => match.Groups[1].Value)];

    /// <summary>The headings as links name them: in lower case, without punctuation, with hyphens for spaces.</summary>
    public IEnumerable<string> Anchors =>
        Heading().Matches(Text).Select(heading => Punctuation().Replace(heading.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-'));

    public static Page Get(string name) => All.Single(page => page.Name == name);

    /// <summary>Compares a generated page with the committed one, or writes it if the environment asks for that.</summary>
    public static void AssertGenerated(string name, string expected)
    {
        var path = Path.Combine(Root, name);
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.True(
            File.Exists(path) && File.ReadAllText(path).ReplaceLineEndings("\n") == expected,
            $"{name} is out of date: run this test with {WriteVariable}=1 and commit the page.");
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"(?m)^#+ +(.+?)\s*$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Punctuation();
}
