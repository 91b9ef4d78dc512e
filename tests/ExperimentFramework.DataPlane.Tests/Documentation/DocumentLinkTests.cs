using System.Text.RegularExpressions;

namespace ExperimentFramework.DataPlane.Tests.Documentation;

/// <summary>What documents point to exists.</summary>
public sealed partial class DocumentLinkTests
{
    [Fact]
    public void Every_relative_link_leads_to_a_file_and_a_heading()
    {
        string[] documents =
        [
            .. Directory.EnumerateFiles(Repository.Docs, "*.md", SearchOption.AllDirectories),
            .. Directory.EnumerateFiles(Path.Combine(Repository.Docs, ".."), "*.md"),
        ];
        var dead = new List<string>();
        foreach (var document in documents)
        {
            foreach (Match link in Link().Matches(File.ReadAllText(document)))
            {
                var target = link.Groups["path"].Value;
                var path = target.Length == 0 ? document : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(document)!, target));
                if (!Path.Exists(path) || (link.Groups["heading"].Success && !Headings(path).Contains(link.Groups["heading"].Value)))
                {
                    dead.Add($"{Path.GetRelativePath(Repository.Docs, document)}: {link.Value}");
                }
            }
        }

        Assert.True(documents.Length > 50);
        Assert.Empty(dead);
    }

    [Fact]
    public void Every_guarantee_names_tests_that_exist()
    {
        var sections = File.ReadAllText(Path.Combine(Repository.Docs, "concepts", "guarantees.md")).Split("\n## ")[1..];
        var sources = string.Join('\n', Directory
            .EnumerateFiles(Path.Combine(Repository.Tests, ".."), "*Tests.cs", SearchOption.AllDirectories)
            .Select(Path.GetFileNameWithoutExtension));

        Assert.NotEmpty(sections);
        Assert.All(sections, section =>
        {
            var tests = TestClass().Matches(section[section.IndexOf("\nTests: ", StringComparison.Ordinal)..]);
            Assert.NotEmpty(tests);
            Assert.All(tests, test => Assert.Matches($"(?m)^{test.Groups[1].Value}$", sources));
        });
    }

    [GeneratedRegex(@"\]\((?!https?:|mailto:)(?<path>[^)#\s]*)(#(?<heading>[^)\s]+))?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`(\w+Tests)`")]
    private static partial Regex TestClass();

    /// <summary>The headings of a document as they are linked to: in lower case, without punctuation, with hyphens for spaces.</summary>
    private static HashSet<string> Headings(string document) =>
        [.. Heading().Matches(File.ReadAllText(document)).Select(heading => NotLinked().Replace(heading.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-'))];

    [GeneratedRegex(@"(?m)^#+ +(.+?)\s*$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotLinked();
}
