namespace ExperimentFramework.DataPlane.Science.Tests;

/// <summary>Which version of the weights a subject was seen with, in 7 bits, without a search for those of a version that is replaced.</summary>
public sealed class VersionTagsTests
{
    [Fact]
    public void A_search_is_due_at_most_with_every_63rd_replacement()
    {
        var tags = new VersionTags();
        List<int> searches = [];
        for (var replacement = 0; replacement < 4_096; replacement++)
        {
            if (!tags.TryRetire(replacement % 64))
            {
                searches.Add(replacement);
                tags.Recycle(replacement % 64);
            }
        }

        Assert.Equal(63, searches[0]);
        Assert.True(searches.Zip(searches.Skip(1), static (before, after) => after - before).Min() >= 63);
        Assert.Equal(Enumerable.Range(0, 64), Enumerable.Range(0, 64).Select(version => tags.VersionOf(tags.TagOf(version))));
    }

    [Fact]
    public void No_subject_of_a_version_that_was_replaced_is_taken_for_one_of_another_version()
    {
        var table = new SubjectTable(1 << 14);
        var queue = new SubjectQueue(cells: 1, cursors: 1);
        var random = new Random(1);
        Dictionary<ulong, (int Version, int Replacement)> seen = [];
        var replacedAt = new int[64];
        for (var replacement = 1; replacement < 1_000; replacement++)
        {
            var version = replacement % 64;
            table.RetireVersion(version);
            queue.RetireVersion(version);
            replacedAt[version] = replacement;
            for (var subject = 0; subject < 4; subject++)
            {
                var (hash, of) = ((ulong)random.NextInt64() << 1, random.Next(64));
                table.TryAdd(hash, 0, of, 1);
                queue.Add(hash, of, 1, replacement, 1 << 14);
                seen.Add(hash, (of, replacement));
            }
        }

        Assert.All(seen, subject =>
        {
            var expected = replacedAt[subject.Value.Version] > subject.Value.Replacement ? -1 : subject.Value.Version;
            Assert.Equal((expected, expected), (table.VersionAt(table.Find(subject.Key)), queue.VersionAt(queue.Find(subject.Key))));
        });
        Assert.Contains(seen.Values, subject => replacedAt[subject.Version] <= subject.Replacement);
    }
}
