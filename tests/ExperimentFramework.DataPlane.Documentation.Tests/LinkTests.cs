using System.Text.RegularExpressions;

namespace ExperimentFramework.DataPlane.Documentation.Tests;

/// <summary>What pages refer to exists, and every page can be reached.</summary>
public sealed partial class LinkTests
{
    [Fact]
    public void Every_relative_link_leads_to_a_file_and_a_heading()
    {
        var dead = Page.All.SelectMany(page => Links(page)
            .Where(link => !Path.Exists(Path.Combine(Page.Root, link.Target)) || (link.Anchor.Length > 0 && !Page.Get(link.Target).Anchors.Contains(link.Anchor)))
            .Select(link => $"{page.Name}: {link.Target}#{link.Anchor}"));

        Assert.True(Page.All.Count > 100);
        Assert.Empty(dead);
    }

    [Fact]
    public void Every_page_is_reached_from_the_map()
    {
        var pages = Page.All.Select(page => page.Name).ToHashSet();
        var reached = new HashSet<string>(StringComparer.Ordinal) { "docs/README.md" };
        var pending = new Queue<string>(reached);
        while (pending.TryDequeue(out var name))
        {
            foreach (var (target, _) in Links(Page.Get(name)).Where(link => pages.Contains(link.Target)))
            {
                if (reached.Add(target))
                {
                    pending.Enqueue(target);
                }
            }
        }

        Assert.Empty(pages.Where(name => name.StartsWith("docs/", StringComparison.Ordinal)).Except(reached));
    }

    [Fact]
    public void Every_page_that_a_package_or_a_message_names_exists()
    {
        var packagePages = Page.All.Where(page => page.Name.StartsWith("src/", StringComparison.Ordinal)).Select(page => page.Text);
        var named = Page.Sources.Concat(packagePages).SelectMany(text => NamedPage().Matches(text)).Select(match => match.Value).ToHashSet();

        Assert.NotEmpty(named);
        Assert.DoesNotContain(named, name => !File.Exists(Path.Combine(Page.Root, name)));
    }

    [Fact]
    public void Every_clause_of_a_guarantee_names_a_class_and_tests_that_exist()
    {
        var guarantees = Page.Get("docs/concepts/guarantees.md").Text.Split("\n## ")[1..];
        var (product, tests) = (ClassesIn("src", "*.cs"), ClassesIn("tests", "*Tests.cs"));

        Assert.NotEmpty(guarantees);
        Assert.All(guarantees, guarantee =>
        {
            var clauses = Clause().Matches(guarantee);
            Assert.NotEmpty(clauses);
            Assert.All(clauses, clause =>
            {
                Assert.Superset(Named(clause.Groups["holders"]), product);
                Assert.Superset(Named(clause.Groups["tests"]), tests);
            });
        });

        static HashSet<string?> ClassesIn(string folder, string pattern) => Directory
            .EnumerateFiles(Path.Combine(Page.Root, folder), pattern, SearchOption.AllDirectories)
            .Select(Path.GetFileNameWithoutExtension)
            .ToHashSet();

        static HashSet<string?> Named(Group cell)
        {
            var names = Name().Matches(cell.Value).Select(name => (string?)name.Groups[1].Value).ToHashSet();
            Assert.NotEmpty(names);
            return names;
        }
    }

    /// <summary>Folders that the picture of the architecture shows are folders of the run time, and the other way round.</summary>
    [Fact]
    public void The_architecture_page_shows_the_folders_of_the_run_time()
    {
        var runTime = Path.Combine(Page.Root, "src", "ExperimentFramework.DataPlane");
        var folders = Directory.EnumerateDirectories(runTime).Select(Path.GetFileName).Where(name => name is not ("bin" or "obj")).Order(StringComparer.Ordinal);
        var shown = FolderRow().Matches(Page.Get("docs/concepts/architecture.md").Text).Select(row => row.Groups[1].Value);

        Assert.Equal(folders, shown.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<(string Target, string Anchor)> Links(Page page) => Link().Matches(Code().Replace(page.Text, "")).Select(link =>
    {
        var path = link.Groups["path"].Value;
        var target = path.Length == 0 ? page.Name : Path.GetRelativePath(Page.Root, Path.GetFullPath(Path.Combine(Page.Root, Path.GetDirectoryName(page.Name)!, path))).Replace('\\', '/');
        return (target, link.Groups["anchor"].Value);
    });

    [GeneratedRegex(@"\]\((?!https?:|mailto:)(?<path>[^)#\s]*)(#(?<anchor>[^)\s]+))?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"docs/[\w./-]+\.md")]
    private static partial Regex NamedPage();

    [GeneratedRegex("```.*?```", RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"(?m)^\| (?!clause|---).* \| (?<holders>[^|]*) \| (?<tests>[^|]*) \|$")]
    private static partial Regex Clause();

    [GeneratedRegex(@"`(\w+)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"(?m)^\| `([A-Z]\w+)/` \|")]
    private static partial Regex FolderRow();
}
