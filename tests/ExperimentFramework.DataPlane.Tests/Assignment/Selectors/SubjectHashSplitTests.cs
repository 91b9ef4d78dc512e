namespace ExperimentFramework.DataPlane.Tests.Assignment;

/// <summary>
/// The hash over a million subjects: it splits by the weights, independently of every other experiment and of sampling. All
/// tables have two degrees of freedom, for which the upper tail of chi-square is exp(-x / 2).
/// </summary>
public sealed class SubjectHashSplitTests
{
    private const int Experiments = 100;
    private static readonly double[] Weights = [5, 3, 2];
    private static readonly string[] Subjects = [.. Enumerable.Range(0, 1_000_000).Select(i => $"user-{i}")];

    [Fact]
    public void The_split_of_a_million_subjects_fits_the_weights_in_every_experiment()
    {
        var chances = new double[Experiments];
        Parallel.For(0, Experiments, experiment =>
        {
            var counts = new int[3];
            foreach (var variant in Split($"experiment-{experiment}", Subjects))
            {
                counts[variant]++;
            }

            chances[experiment] = Chance(Enumerable.Range(0, 3).Sum(i => Deviation(counts[i], Subjects.Length * Weights[i] / 10)));
        });

        AreSane(chances);
    }

    [Fact]
    public void Experiments_are_independent_of_one_another()
    {
        var subjects = Subjects[..100_000];
        var splits = Enumerable.Range(0, Experiments + 1).AsParallel().AsOrdered().Select(experiment => Split($"experiment-{experiment}", subjects)).ToArray();

        // Control of one experiment or not, by variant of the next.
        AreSane([.. Enumerable.Range(0, Experiments).Select(i => Independence(splits[i + 1], subject => splits[i][subject] == 0))]);
    }

    [Fact]
    public void Another_salt_splits_the_same_subjects_independently()
    {
        var subjects = Subjects[..100_000];
        var salted = Enumerable.Range(0, Experiments + 1).AsParallel().AsOrdered().Select(salt => Split("experiment", subjects, $"salt-{salt}")).ToArray();

        AreSane([.. Enumerable.Range(0, Experiments).Select(i => Independence(salted[i + 1], subject => salted[i][subject] == 0))]);
    }

    [Fact]
    public void Variants_are_independent_of_sampling()
    {
        var subjects = Subjects[..100_000];
        var chances = Enumerable.Range(0, Experiments).AsParallel().AsOrdered().Select(experiment =>
        {
            var sampling = new SubjectSampling($"experiment-{experiment}", 0.3);
            return Independence(Split($"experiment-{experiment}", subjects), subject => sampling.Includes(subjects[subject]));
        });

        AreSane([.. chances]);
    }

    [Fact]
    public void A_weight_moved_from_half_to_six_tenths_reassigns_a_tenth_and_not_more()
    {
        var before = new SubjectHashSelector("experiment", null, [("control", 50), ("b", 50)]);
        var after = new SubjectHashSelector("experiment", null, [("control", 60), ("b", 40)]);
        var moved = 0;
        foreach (var subject in Subjects)
        {
            var context = new SelectionContext("experiment", subject, null, null);
            var (from, to) = (before.Select(context).VariantKey, after.Select(context).VariantKey);
            moved += from == to ? 0 : 1;
            Assert.False(from == "control" && to == "b", $"{subject} left the variant that gained weight.");
        }

        // Four standard deviations of a count with a chance of a tenth.
        Assert.InRange(moved, 100_000 - 1_200, 100_000 + 1_200);
    }

    private static byte[] Split(string experiment, string[] subjects, string? salt = null)
    {
        var selector = new SubjectHashSelector(experiment, salt, [("control", Weights[0]), ("b", Weights[1]), ("c", Weights[2])]);
        return Array.ConvertAll(subjects, subject => (byte)(selector.Select(new SelectionContext(experiment, subject, null, null)).VariantKey switch
        {
            "control" => 0,
            "b" => 1,
            _ => 2,
        }));
    }

    /// <summary>The chance of a table of two rows and three columns at least as uneven as this one, were they independent.</summary>
    private static double Independence(byte[] columns, Func<int, bool> isFirstRow)
    {
        var counts = new double[2, 3];
        for (var subject = 0; subject < columns.Length; subject++)
        {
            counts[isFirstRow(subject) ? 0 : 1, columns[subject]]++;
        }

        var chiSquare = 0.0;
        for (var row = 0; row < 2; row++)
        {
            var inRow = counts[row, 0] + counts[row, 1] + counts[row, 2];
            for (var column = 0; column < 3; column++)
            {
                chiSquare += Deviation(counts[row, column], inRow * (counts[0, column] + counts[1, column]) / columns.Length);
            }
        }

        return Chance(chiSquare);
    }

    private static double Deviation(double count, double expected) => Math.Pow(count - expected, 2) / expected;

    private static double Chance(double chiSquare) => Math.Exp(-chiSquare / 2);

    /// <summary>
    /// Chances of a true hypothesis are uniform: none is absurd, about one in ten lies below a tenth, and they are not all large either.
    /// </summary>
    private static void AreSane(double[] chances)
    {
        Assert.Equal(Experiments, chances.Length);
        Assert.InRange(chances.Min(), 1e-5, 0.2);
        Assert.InRange(chances.Count(chance => chance < 0.1), 1, 25);
        Assert.InRange(chances.Average(), 0.38, 0.62);
    }
}
