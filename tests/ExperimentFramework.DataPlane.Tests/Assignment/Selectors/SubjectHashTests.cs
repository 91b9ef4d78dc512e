using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.RegularExpressions;
using CsCheck;

namespace ExperimentFramework.DataPlane.Tests.Assignment;

public sealed partial class SubjectHashTests
{
    private const int Subjects = 100_000;

    [Fact]
    public void The_split_fits_the_weights()
    {
        var selector = new SubjectHashSelector("exp", null, [("control", 5), ("b", 3), ("c", 2), ("off", 0)]);

        var counts = Enumerable.Range(0, Subjects).GroupBy(i => Choose(selector, $"user-{i}")).ToDictionary(group => group.Key, group => group.Count());

        Assert.DoesNotContain("off", counts.Keys);
        var chiSquare = new[] { ("control", 0.5), ("b", 0.3), ("c", 0.2) }
            .Sum(part => Math.Pow(counts[part.Item1] - (part.Item2 * Subjects), 2) / (part.Item2 * Subjects));

        // Upper 0.1 % point of chi-square with two degrees of freedom.
        Assert.True(chiSquare < 13.816, $"chi-square is {chiSquare}");
    }

    [Fact]
    public void A_change_of_weights_moves_only_the_difference_and_only_one_way()
    {
        var before = new SubjectHashSelector("exp", null, [("control", 50), ("b", 50)]);
        var after = new SubjectHashSelector("exp", null, [("control", 60), ("b", 40)]);

        var moves = Enumerable.Range(0, Subjects)
            .Select(i => (From: Choose(before, $"user-{i}"), To: Choose(after, $"user-{i}")))
            .Where(move => move.From != move.To)
            .ToList();

        Assert.All(moves, move => Assert.Equal(("b", "control"), move));
        Assert.InRange(moves.Count / (double)Subjects, 0.095, 0.105);
    }

    [Fact]
    public void A_new_variant_takes_its_share_and_moves_nobody_between_the_others()
    {
        var before = new SubjectHashSelector("exp", null, [("control", 1), ("b", 1)]);
        var after = new SubjectHashSelector("exp", null, [("control", 1), ("b", 1), ("c", 1)]);

        var moves = Enumerable.Range(0, Subjects)
            .Select(i => (From: Choose(before, $"user-{i}"), To: Choose(after, $"user-{i}")))
            .Where(move => move.From != move.To)
            .ToList();

        Assert.All(moves, move => Assert.Equal("c", move.To));
        Assert.InRange(moves.Count / (double)Subjects, 0.328, 0.339);
    }

    [Fact]
    public void The_same_subject_is_given_the_same_variant_in_every_process()
    {
        var selector = new SubjectHashSelector("checkout", "salt", [("control", 1), ("b", 1)]);

        var chosen = string.Concat(Enumerable.Range(0, 32).Select(i => Choose(selector, $"user-{i}") == "b" ? 'b' : '-'));

        Assert.Equal(ChosenBefore, chosen);
    }

    [Fact]
    public void Only_the_ratios_of_weights_count()
    {
        var enormous = new SubjectHashSelector("exp", null, [("control", 1e308), ("b", 5e307)]);
        var plain = new SubjectHashSelector("exp", null, [("control", 2), ("b", 1)]);

        Assert.DoesNotContain(false, Enumerable.Range(0, 10_000).Select(i => Choose(enormous, $"user-{i}") == Choose(plain, $"user-{i}")));
    }

    /// <summary>Where all weights are equal no logarithm is asked; one more variant, which nobody gets, makes them unequal.</summary>
    [Fact]
    public void Equal_weights_choose_as_the_formula_does() =>
        Gen.Select(Gen.Int[1, 8], Gen.String[0, 40]).Sample(
            (count, subject) =>
            {
                var equal = Enumerable.Range(0, count).Select(i => ($"v{i}", 3.0)).ToArray();
                var withNobodys = new SubjectHashSelector("exp", "salt", [.. equal, ("nobody's", 0)]);

                Assert.Equal(Choose(withNobodys, subject), Choose(new SubjectHashSelector("exp", "salt", equal), subject));
            },
            iter: 20_000);

    [Fact]
    public void Any_text_is_a_subject()
    {
        var selector = new SubjectHashSelector("exp", null, [("control", 1), ("b", 1)]);

        Gen.String[0, 5_000].Sample(subject => Assert.Equal(Choose(selector, subject), Choose(selector, subject)), iter: 500);
    }

    [Fact]
    public void The_allocation_version_changes_with_keys_weights_and_salt_only()
    {
        static string Version(string? salt, params (string, double)[] variants) =>
            new SubjectHashSelector("exp", salt, variants).Select(new SelectionContext("exp", "u", null, null)).AllocationVersion!;

        var version = Version(null, ("control", 1), ("b", 1));
        Assert.Equal(version, Version(null, ("control", 1), ("b", 1)));
        Assert.NotEqual(version, Version("salt", ("control", 1), ("b", 1)));
        Assert.NotEqual(version, Version(null, ("control", 1), ("b", 2)));
        Assert.NotEqual(version, Version(null, ("control", 1), ("c", 1)));
    }

    /// <summary>The table was made with the reference implementation of XXH3 in C, and not with this one.</summary>
    [Fact]
    public void The_published_vectors_hold()
    {
        var rows = VectorRow().Matches(File.ReadAllText(Path.Combine(Repository.Docs, "reference", "subject-hash.md")));

        Assert.Equal(11, rows.Count);
        foreach (var row in rows.Select(match => match.Groups))
        {
            var salt = row["salt"].Value == "none" ? null : row["salt"].Value.Trim('`');
            var subject = row["subject"].Value == "300 times `x`" ? new string('x', 300) : row["subject"].Value.Trim('`');
            var halves = new SubjectHashSelector(row["experiment"].Value, salt, [("control", 1), ("b", 1)]);
            var weighted = new SubjectHashSelector(row["experiment"].Value, salt, [("control", 5), ("b", 3), ("c", 2)]);
            Assert.Equal((row["halves"].Value, row["weighted"].Value), (Choose(halves, subject), Choose(weighted, subject)));
            Assert.Equal(row["hash"].Value, SubjectHashOf(row["experiment"].Value, salt ?? "", subject));
        }
    }

    private static string SubjectHashOf(params string[] parts) => XxHash3.HashToUInt64([.. parts.SelectMany(part =>
        BitConverter.GetBytes(Encoding.UTF8.GetByteCount(part)).Concat(Encoding.UTF8.GetBytes(part)))]).ToString("x16", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\| `(?<experiment>[^`]+)` \| (?<salt>[^|]+) \| (?<subject>[^|]+) \| `(?<hash>[0-9a-f]{16})` \| `(?<halves>\w+)` \| `(?<weighted>\w+)` \|$", RegexOptions.Multiline)]
    private static partial Regex VectorRow();

    private const string ChosenBefore = "b--b-bb-------b---b--bbbb-b----b";

    private static string Choose(SubjectHashSelector selector, string subject) =>
        selector.Select(new SelectionContext("exp", subject, null, null)).VariantKey;
}
