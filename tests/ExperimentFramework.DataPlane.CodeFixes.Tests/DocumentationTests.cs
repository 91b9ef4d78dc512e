using System.Reflection;
using Microsoft.CodeAnalysis.CodeFixes;

namespace ExperimentFramework.DataPlane.CodeFixes.Tests;

public sealed class DocumentationTests
{
    private static IReadOnlyList<CodeFixProvider> Fixes { get; } =
    [
        .. typeof(AddTagFix).Assembly.GetTypes()
            .Where(type => typeof(CodeFixProvider).IsAssignableFrom(type) && !type.IsAbstract)
            .Select(type => (CodeFixProvider)Activator.CreateInstance(type)!),
    ];

    [Fact]
    public void The_pages_that_mention_a_code_fix_are_those_that_have_one()
    {
        var pages = Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "docs"), "DP*.md")
            .Where(page => File.ReadAllText(page).Contains("code fix", StringComparison.Ordinal))
            .Select(Path.GetFileNameWithoutExtension)
            .Order();

        Assert.Equal(Fixes.SelectMany(fix => fix.FixableDiagnosticIds).Order(), pages);
    }

    [Fact]
    public void Every_fix_is_found_by_editors_and_can_fix_all() => Assert.All(Fixes, fix =>
    {
        Assert.Equal(fix.GetType().Name, fix.GetType().GetCustomAttribute<ExportCodeFixProviderAttribute>()!.Name);
        Assert.Equal([FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution], fix.GetFixAllProvider()!.GetSupportedFixAllScopes().Take(3));
    });
}
