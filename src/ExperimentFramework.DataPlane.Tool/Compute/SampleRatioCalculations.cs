using System.Text.Json;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Tests of the split.</summary>
internal static class SampleRatioCalculations
{
    public static IEnumerable<Calculation> All { get; } =
    [
        new("chi2", "counts[], weights[] or weightsExact[]", "chi2, dof, n, minExpected, pValue, log10PValue, severity", ChiSquare),
        new("impossible", "counts[], weights[] (some 0)", "unexpectedVariantIndexes[], unexpectedVariantSubjects, chi2OnDeclaredArms, dofOnDeclaredArms, pValueOnDeclaredArms, severity", Impossible),
        new("exactBinomial", "counts[2], weights[2]", "pValue", Exact),
        new("exactMultinomial", "counts[], weights[]", "pValue", Exact),
        new("stratified", "epochs[{counts[], weights[]}]", "stratified{chi2, dof, pValue, log10PValue}, pooledQuadratic{chi2, dof, pValue, log10PValue}", Stratified),
        new("stream", "variants[], weights[], events[{ts, subject, variant}]", "events, uniqueSubjects, firstExposureCounts[], firstByArrivalCounts[], cleanCounts[], crossovers[], crossoverCount, firstExposure{chi2, dof, pValue}, clean{chi2, dof, pValue}", Stream),
        new("sequentialSrm", "batches[][], weights[] or weightsExact[], dirichletConcentration (the mixture if left out), dirichletMean[] or null", "logBayesFactor[], logPValue[], finalCounts[], finalLogBayesFactor, finalLogPValue, finalPValue, finalPosteriorProbabilityPriorOdds1, firstIndexPBelow{0.05, 0.01}, severity", Sequential),
        new("sequentialSrmEpochs", "epochs[{batches[][], weights[]}], dirichletConcentration (the mixture if left out)", "logBayesFactor[], logPValue[], finalLogBayesFactor, finalPValue", SequentialEpochs),
        new("sequentialSrmMixture", "epochs[{weights[], counts[]}], concentrations[]; or weights[], counts[], countsAtStartPoints[][], startWeights[], concentrations[]", "logEValue, logPValue", SequentialMixture),
    ];

    private static void ChiSquare(CalculationInputs inputs, Utf8JsonWriter json)
    {
        var result = SampleRatioTest.Evaluate(inputs.Counts("counts"), inputs.Weights());
        Write(json, result.ChiSquare);
        json.WriteNumber("n", result.Total);
        json.Write("minExpected", result.SmallestExpected);
        json.Write("severity", result.Severity);
    }

    private static void Impossible(CalculationInputs inputs, Utf8JsonWriter json)
    {
        var result = SampleRatioTest.Evaluate(inputs.Counts("counts"), inputs.Weights());
        json.Write("unexpectedVariantIndexes", result.UnexpectedVariants.Select(index => (long)index));
        json.WriteNumber("unexpectedVariantSubjects", result.UnexpectedSubjects);
        json.Write("chi2OnDeclaredArms", result.ChiSquare.Statistic);
        json.WriteNumber("dofOnDeclaredArms", result.ChiSquare.DegreesOfFreedom);
        json.Write("pValueOnDeclaredArms", result.ChiSquare.PValue);
        json.Write("severity", result.Severity);
    }

    private static void Exact(CalculationInputs inputs, Utf8JsonWriter json) =>
        json.Write("pValue", ExactSampleRatioTest.Evaluate(inputs.Counts("counts"), inputs.Weights()));

    private static void Stratified(CalculationInputs inputs, Utf8JsonWriter json)
    {
        var versions = Versions(inputs);
        json.WriteStartObject("stratified");
        Write(json, SampleRatioTest.Stratified(versions));
        json.WriteEndObject();
        json.WriteStartObject("pooledQuadratic");
        Write(json, SampleRatioTest.PooledDeviations(versions));
        json.WriteEndObject();
    }

    private static void Stream(CalculationInputs inputs, Utf8JsonWriter json)
    {
        var variants = inputs.Texts("variants");
        var weights = inputs.Weights();
        var exposures = inputs.Objects("events").Select(exposure =>
        {
            var variant = exposure.Text("variant");
            var index = Array.IndexOf(variants, variant);
            return index >= 0
                ? new SubjectExposure(exposure.Time("ts"), exposure.Text("subject"), index)
                : throw new CalculationInputException($"events has the variant '{variant}', which is not among variants.");
        });
        var counts = SubjectCounter.Count(exposures, variants.Length);
        json.WriteNumber("events", counts.Exposures);
        json.WriteNumber("uniqueSubjects", counts.Subjects);
        json.Write("firstExposureCounts", counts.ByFirstExposure);
        json.Write("firstByArrivalCounts", counts.ByFirstArrival);
        json.Write("cleanCounts", counts.WithoutCrossovers);
        json.WriteStartArray("crossovers");
        foreach (var subject in counts.Crossovers)
        {
            json.WriteStringValue(subject);
        }

        json.WriteEndArray();
        json.WriteNumber("crossoverCount", counts.Crossovers.Count);
        json.WriteStartObject("firstExposure");
        Write(json, SampleRatioTest.Evaluate([.. counts.ByFirstExposure], weights).ChiSquare);
        json.WriteEndObject();
        json.WriteStartObject("clean");
        Write(json, SampleRatioTest.Evaluate([.. counts.WithoutCrossovers], weights).ChiSquare);
        json.WriteEndObject();
    }

    private static void Sequential(CalculationInputs inputs, Utf8JsonWriter json)
    {
        var allocation = inputs.Weights();
        var shares = Declared(allocation, allocation.Shares);
        double? concentration = inputs.Has("dirichletConcentration") ? inputs.Number("dirichletConcentration") : null;
        var mean = inputs.Has("dirichletMean") ? MeanOf(inputs.Numbers("dirichletMean"), allocation) : null;
        var totals = new long[allocation.Count];
        var path = new SequentialSampleRatioPath();
        foreach (var batch in inputs.CountLists("batches"))
        {
            Add(totals, batch);
            path.Add(LogEValue(Declared<long>(allocation, totals), shares, concentration, mean));
        }

        json.Write("logBayesFactor", path.LogEValues);
        json.Write("logPValue", path.LogPValues);
        json.Write("finalCounts", totals);
        json.Write("finalLogBayesFactor", path.LogEValue);
        json.Write("finalLogPValue", path.LogPValue);
        json.Write("finalPValue", Math.Exp(path.LogPValue));
        json.Write("finalPosteriorProbabilityPriorOdds1", SequentialSampleRatio.PosteriorProbability(path.LogEValue));
        json.WriteStartObject("firstIndexPBelow");
        json.Write("0.05", path.FirstAtMost(0.05));
        json.Write("0.01", path.FirstAtMost(0.01));
        json.WriteEndObject();
        json.Write("severity", SeverityOf(allocation, totals, path.LogPValue));
    }

    private static void SequentialEpochs(CalculationInputs inputs, Utf8JsonWriter json)
    {
        double? concentration = inputs.Has("dirichletConcentration") ? inputs.Number("dirichletConcentration") : null;
        var path = new SequentialSampleRatioPath();
        var before = 0.0;
        foreach (var epoch in inputs.Objects("epochs"))
        {
            var allocation = epoch.Weights();
            var shares = Declared(allocation, allocation.Shares);
            var totals = new long[allocation.Count];
            var current = 0.0;
            foreach (var batch in epoch.CountLists("batches"))
            {
                Add(totals, batch);
                current = LogEValue(Declared<long>(allocation, totals), shares, concentration, null);
                path.Add(before + current);
            }

            before += current;
        }

        json.Write("logBayesFactor", path.LogEValues);
        json.Write("logPValue", path.LogPValues);
        json.Write("finalLogBayesFactor", path.LogEValue);
        json.Write("finalPValue", Math.Exp(path.LogPValue));
    }

    private static void SequentialMixture(CalculationInputs inputs, Utf8JsonWriter json)
    {
        double[] concentrations = inputs.Has("concentrations") ? inputs.Numbers("concentrations") : [.. SequentialSampleRatio.Concentrations];
        if (concentrations.Length == 0)
        {
            throw new CalculationInputException("concentrations must have at least one value; it has none.");
        }

        double logEValue;
        if (inputs.Has("epochs"))
        {
            var versions = Array.ConvertAll(Versions(inputs), version => version with { Counts = OnlyDeclared(version.Counts.ToArray(), version.Allocation) });
            logEValue = SequentialSampleRatio.LogMixtureEValue(versions, concentrations);
        }
        else
        {
            var allocation = inputs.Weights();
            var shares = allocation.Shares;
            var counts = OnlyDeclared(inputs.Counts("counts"), allocation);
            var starts = inputs.Has("countsAtStartPoints") ? inputs.CountLists("countsAtStartPoints") : null;
            double[] weights = inputs.Has("startWeights") ? inputs.Numbers("startWeights") : [];
            logEValue = starts is null
                ? SequentialSampleRatio.LogMixtureEValue(counts, shares, concentrations)
                : SequentialSampleRatio.LogEValueWithStarts(
                    counts, Array.ConvertAll(starts, start => (ReadOnlyMemory<long>)OnlyDeclared(start, allocation)), weights, shares, concentrations);
        }

        json.Write("logEValue", logEValue);
        json.Write("logPValue", Math.Min(0, -logEValue));
    }

    private static double LogEValue(long[] counts, double[] shares, double? concentration, double[]? mean) =>
        (concentration, mean) switch
        {
            ({ } known, null) => SequentialSampleRatio.LogEValue(counts, shares, known),
            ({ } known, _) => SequentialSampleRatio.LogEValue(counts, shares, known, mean),
            (null, null) => SequentialSampleRatio.LogMixtureEValue(counts, shares),
            _ => throw new CalculationInputException("dirichletMean needs a dirichletConcentration."),
        };

    private static SampleRatioSeverity SeverityOf(Allocation allocation, long[] totals, double logPValue)
    {
        var look = SampleRatioTest.Evaluate(totals, allocation);
        var sequential = SequentialSampleRatio.SeverityOf(logPValue);
        return look.UnexpectedSubjects > 0 ? SampleRatioSeverity.Alert
            : look.Severity == SampleRatioSeverity.NotTestable ? SampleRatioSeverity.NotTestable
            : sequential == SampleRatioSeverity.None && look.Severity == SampleRatioSeverity.Insufficient ? SampleRatioSeverity.Insufficient
            : sequential;
    }

    private static SampleRatioCounts[] Versions(CalculationInputs inputs) =>
        Array.ConvertAll(inputs.Objects("epochs"), epoch => new SampleRatioCounts(epoch.Counts("counts"), epoch.Weights()));

    private static void Add(long[] totals, long[] batch)
    {
        if (batch.Length != totals.Length)
        {
            throw new CalculationInputException($"batches must have as many counts as weights, {totals.Length}; one has {batch.Length}.");
        }

        for (var index = 0; index < totals.Length; index++)
        {
            totals[index] = checked(totals[index] + batch[index]);
        }
    }

    private static double[] MeanOf(double[] mean, Allocation allocation)
    {
        if (mean.Length != allocation.Count)
        {
            throw new CalculationInputException($"dirichletMean must have as many values as weights, {allocation.Count}; it has {mean.Length}.");
        }

        return [.. Allocation.FromWeights(Declared<double>(allocation, mean)).Shares];
    }

    /// <summary>Counts without the subjects of variants that have no weight.</summary>
    private static long[] OnlyDeclared(long[] counts, Allocation allocation) =>
        counts.Length == allocation.Count ? [.. counts.Select((count, index) => allocation.Shares[index] > 0 ? count : 0)] : counts;

    /// <summary>Only variants with a weight are tested; subjects elsewhere are an alert of their own.</summary>
    private static T[] Declared<T>(Allocation allocation, ReadOnlySpan<T> values)
    {
        var declared = new List<T>(values.Length);
        for (var index = 0; index < values.Length; index++)
        {
            if (allocation.Shares[index] > 0)
            {
                declared.Add(values[index]);
            }
        }

        return [.. declared];
    }

    private static void Write(Utf8JsonWriter json, ChiSquareResult result)
    {
        json.Write("chi2", result.Statistic);
        json.WriteNumber("dof", result.DegreesOfFreedom);
        json.Write("pValue", result.PValue);
        json.Write("log10PValue", result.Log10PValue);
    }
}
