using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ExperimentFramework.DataPlane.Architecture.Tests;

/// <summary>What packages say of themselves, and that it leads somewhere.</summary>
public sealed partial class PackageTests
{
    public static TheoryData<string> Projects =>
        [.. Directory.EnumerateFiles(Path.Combine(SourceTree.Repository, "src"), "*.csproj", SearchOption.AllDirectories).Select(path => Path.GetFileNameWithoutExtension(path))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_package_has_a_description_and_a_readme_that_begins_with_its_name(string project)
    {
        var folder = Path.Combine(SourceTree.Repository, "src", project);

        Assert.False(string.IsNullOrWhiteSpace((string?)XDocument.Load(Path.Combine(folder, project + ".csproj")).Descendants("Description").SingleOrDefault()));
        Assert.Equal("# " + project, File.ReadLines(Path.Combine(folder, "README.md")).First());
    }

    // A package's readme is shown where no file of the repository is beside it.
    [Theory]
    [MemberData(nameof(Projects))]
    public void Links_of_a_packages_readme_lead_to_files_of_the_repository_or_to_packages(string project)
    {
        var files = SourceTree.BuildProperty("RepositoryUrl") + "/blob/main/";
        const string Packages = "https://www.nuget.org/packages/";

        foreach (var link in Link().Matches(File.ReadAllText(Path.Combine(SourceTree.Repository, "src", project, "README.md"))).Select(match => match.Groups[1].Value))
        {
            Assert.True(
                link.StartsWith(files, StringComparison.Ordinal)
                    ? File.Exists(Path.Combine(SourceTree.Repository, link[files.Length..]))
                    : link.StartsWith(Packages, StringComparison.Ordinal) && Projects.Any(row => row.Data == link[Packages.Length..]),
                link);
        }
    }

    [Fact]
    public void Help_links_of_diagnostics_begin_with_the_repositorys_url_and_end_in_its_folder()
    {
        var start = SourceTree.BuildProperty("RepositoryUrl") + "/blob/main/";
        var source = SourceTree.OfProduct().Files.Single(file => file.Key.EndsWith("/WellKnownNames.cs", StringComparison.Ordinal)).Value;
        var pages = DiagnosticPages().Match(source).Groups[1].Value;

        Assert.StartsWith(start, pages, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(SourceTree.Repository, pages[start.Length..], "DP1001.md")), pages);
    }

    [Fact]
    public void The_changelog_has_a_section_for_this_version() =>
        Assert.Contains(File.ReadLines(Path.Combine(SourceTree.Repository, "CHANGELOG.md")), line => line.StartsWith($"## {SourceTree.BuildProperty("Version")}", StringComparison.Ordinal));

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("DiagnosticPages = \"([^\"]+)\"")]
    private static partial Regex DiagnosticPages();
}
