using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace ExperimentFramework.DataPlane.Analyzers.Tests;

/// <summary>Descriptors, pages, the table and the release notes agree, and the pages' code is what they say.</summary>
public sealed partial class DocumentationTests
{
    public static TheoryData<string> Ids => [.. Descriptors.Select(descriptor => descriptor.Id)];

    private static IReadOnlyList<DiagnosticDescriptor> Descriptors { get; } =
    [
        .. typeof(ShapeAnalyzer).Assembly.GetTypes()
            .Where(type => typeof(DiagnosticAnalyzer).IsAssignableFrom(type) && !type.IsAbstract)
            .SelectMany(type => ((DiagnosticAnalyzer)Activator.CreateInstance(type)!).SupportedDiagnostics)
            .DistinctBy(descriptor => descriptor.Id)
            .OrderBy(descriptor => descriptor.Id, StringComparer.Ordinal),
    ];

    [Fact]
    public void The_table_is_made_of_the_descriptors()
    {
        var table = "# Diagnostics\n\n| id | severity | when |\n| --- | --- | --- |\n" + string.Concat(Descriptors.Select(descriptor =>
            $"| [{descriptor.Id}]({descriptor.Id}.md) | {Severity(descriptor)} | {descriptor.Title} |\n"));

        Assert.Equal(table, Read("README.md"));
    }

    [Fact]
    public void Each_page_has_a_descriptor_and_each_descriptor_a_page_and_a_release_row()
    {
        var pages = Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "docs"), "DP*.md").Select(Path.GetFileNameWithoutExtension).Order();
        var rows = ReleaseRow().Matches(Read("AnalyzerReleases.Shipped.md") + Read("AnalyzerReleases.Unshipped.md")).Select(match => match.Groups[1].Value).Order();

        Assert.Equal(Descriptors.Select(descriptor => descriptor.Id), pages);
        Assert.Equal(Descriptors.Select(descriptor => descriptor.Id), rows);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task The_wrong_code_of_a_page_raises_its_id_and_the_right_code_nothing(string id)
    {
        var descriptor = Descriptors.Single(descriptor => descriptor.Id == id);
        var page = Read(id + ".md");
        var blocks = CodeBlock().Matches(page).Select(match => match.Groups[1].Value).ToList();
        const string library = "namespace Library { public unsafe interface INative { void Fill(int* place); } }";

        Assert.StartsWith($"# {id}: {descriptor.Title}\n\n**Severity:** {Severity(descriptor)}\n", page, StringComparison.Ordinal);
        Assert.EndsWith($"/docs/diagnostics/{id}.md", descriptor.HelpLinkUri, StringComparison.Ordinal);
        Assert.Equal(2, blocks.Count);
        Assert.Equal([id], (await Analyzed.OfAsync(blocks[0], library)).Ids);
        Assert.Empty((await Analyzed.OfAsync(blocks[1], library)).Ids);
    }

    private static string Severity(DiagnosticDescriptor descriptor) => descriptor.DefaultSeverity switch
    {
        DiagnosticSeverity.Error => "error",
        DiagnosticSeverity.Warning => "warning",
        _ => "info",
    };

    private static string Read(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", file));

    [GeneratedRegex(@"^(DP\d{4}) \|", RegexOptions.Multiline)]
    private static partial Regex ReleaseRow();

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
