namespace ExperimentFramework.DataPlane.Science;

/// <summary>The observed and planned counts of a run, over all versions of the weights whose plan is known.</summary>
internal sealed class RunSummary
{
    private RunSummary(IReadOnlyList<VariantCount> variants, ChiSquareResult? chiSquare)
    {
        Variants = variants;
        ChiSquare = chiSquare;
        Subjects = variants.Sum(static variant => variant.Subjects);

        // Of two variants with equal shares, one lacks as many subjects as the other has in excess. Name the one that lacks them: losing subjects is more likely than gaining them.
        Worst = variants.MaxBy(static variant => (Math.Round(Math.Abs(variant.RelativeDeviation), 12), variant.RelativeDeviation < 0));
    }

    /// <summary>The variants with a weight, ordered by index.</summary>
    public IReadOnlyList<VariantCount> Variants { get; }

    /// <summary>The number of subjects counted under a known plan.</summary>
    public long Subjects { get; }

    /// <summary>The smallest expected count; 0 if there is no testable plan.</summary>
    public double SmallestExpected => Variants.Count == 0 ? 0 : Variants.Min(static variant => variant.Expected);

    /// <summary>The variant with the largest relative deviation from its plan; null without a plan.</summary>
    public VariantCount? Worst { get; }

    /// <summary>The chi-square test of a single look; null without subjects.</summary>
    public ChiSquareResult? ChiSquare { get; }

    /// <summary>Summarizes the counts of a run.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="run">The run, which provides the plans.</param>
    /// <param name="counts">The counts of the run, or of a segment of it.</param>
    public static RunSummary Of(MonitoredExperiment experiment, MonitorRun run, VersionedCounts counts)
    {
        var subjects = new long[SubjectTable.MaxVariants];
        var expected = new double[SubjectTable.MaxVariants];
        List<SampleRatioCounts> versions = [];
        for (var version = 0; version < run.Versions.Count; version++)
        {
            if (run.PlanOf(version) is not { IsTestable: true } plan)
            {
                continue;
            }

            var selected = new long[plan.Variants.Length];
            var total = plan.Select(counts[version], default, selected);
            for (var index = 0; index < selected.Length; index++)
            {
                subjects[plan.Variants[index]] += selected[index];
                expected[plan.Variants[index]] += total * plan.Allocation.Shares[index];
            }

            if (total > 0)
            {
                versions.Add(new SampleRatioCounts(selected, plan.Allocation));
            }
        }

        List<VariantCount> variants = [];
        for (var variant = 0; variant < experiment.Variants.Count; variant++)
        {
            if (expected[variant] > 0)
            {
                variants.Add(new VariantCount(experiment.Variants[variant], variant, subjects[variant], expected[variant]));
            }
        }

        return new RunSummary(variants, versions.Count == 0 ? null : SampleRatioTest.Stratified(versions));
    }
}

/// <summary>The subjects of one variant.</summary>
/// <param name="Key">The key of the variant.</param>
/// <param name="Index">Its index in the experiment.</param>
/// <param name="Subjects">The subjects counted.</param>
/// <param name="Expected">The planned number, for the same total.</param>
internal sealed record VariantCount(string Key, int Index, long Subjects, double Expected)
{
    /// <summary>The observed number divided by the planned one, minus 1.</summary>
    public double RelativeDeviation => (Subjects / Expected) - 1;
}
