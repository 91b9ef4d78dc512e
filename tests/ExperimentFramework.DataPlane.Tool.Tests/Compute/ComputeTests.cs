using System.Text;
using System.Text.Json;

namespace ExperimentFramework.DataPlane.Tool.Tests;

public sealed class ComputeTests
{
    // One line of inputs per kind, with each output that the kind has.
    public static TheoryData<string, string, string[]> Kinds => new()
    {
        { "chi2", """{"counts":[821588,815482],"weights":[0.5,0.5]}""", ["chi2", "dof", "n", "minExpected", "pValue", "log10PValue", "severity"] },
        { "impossible", """{"counts":[10,3,10],"weights":[1,0,1]}""", ["unexpectedVariantIndexes", "unexpectedVariantSubjects", "chi2OnDeclaredArms", "dofOnDeclaredArms", "pValueOnDeclaredArms", "severity"] },
        { "exactBinomial", """{"counts":[3,17],"weights":["0.5","0.5"]}""", ["pValue"] },
        { "exactMultinomial", """{"counts":[3,5,2],"weights":[0.3,0.5,0.2]}""", ["pValue"] },
        { "stratified", """{"epochs":[{"counts":[510,490],"weights":[1,1]},{"counts":[890,110],"weights":[9,1]}]}""", ["stratified", "pooledQuadratic"] },
        { "stream", """{"variants":["a","b"],"weights":[1,1],"events":[{"ts":1,"subject":"x","variant":"a"},{"ts":"2026-03-01T00:00:00Z","subject":"y","variant":"b"}]}""",
            ["events", "uniqueSubjects", "firstExposureCounts", "firstByArrivalCounts", "cleanCounts", "crossovers", "crossoverCount", "firstExposure", "clean"] },
        { "sequentialSrm", """{"batches":[[10,12],[5,9]],"weights":[1,1],"dirichletConcentration":100,"dirichletMean":null}""",
            ["logBayesFactor", "logPValue", "finalCounts", "finalLogBayesFactor", "finalLogPValue", "finalPValue", "finalPosteriorProbabilityPriorOdds1", "firstIndexPBelow", "severity"] },
        { "sequentialSrmEpochs", """{"epochs":[{"batches":[[10,12]],"weights":[1,1]},{"batches":[[9,1],[8,2]],"weights":[9,1]}],"dirichletConcentration":100}""", ["logBayesFactor", "logPValue", "finalLogBayesFactor", "finalPValue"] },
        { "sequentialSrmMixture", """{"epochs":[{"weights":[1,1],"counts":[52,48]}],"concentrations":[100,1000]}""", ["logEValue", "logPValue"] },
        { "spendingFunction", """{"spendingFamily":"HSD","param":-4,"alphaOneSided":0.025,"t":[0.25,1]}""", ["spent"] },
        { "alphaSpendingBounds", """{"spendingFamily":"LDOF","alpha":0.05,"sides":2,"informationTimes":[0.5,1],"spendingTimes":null}""", ["upperZ", "lowerZ", "nominalP", "cumulativeAlphaSpent"] },
        { "classicConstant", """{"type":"WangTsiatis","K":3,"alpha":0.05,"sides":2,"delta":0.25}""", ["constant", "upperZ"] },
        { "peekingInflation", """{"nominalAlphaTwoSided":0.05,"informationTimes":[0.5,1]}""", ["typeIError", "cumulativeByLook"] },
        { "maxSampleInflation", """{"spendingFamily":"LDPocock","informationTimes":[0.5,1],"alpha":0.05,"sides":2,"power":0.8}""", ["drift", "inflationFactor", "upperExitProbability", "expectedInformationFractionUnderH1", "upperZ"] },
        { "conditionalPower", """{"z":1,"informationFraction":0.5,"finalCriticalZ":1.96,"driftAtFullInformation":2.8}""", ["conditionalPower"] },
        { "twoProportionsSampleSize", """{"p1":0.1,"p2":0.12,"alpha":0.05,"power":0.8,"sides":2,"ratioN2overN1":1,"variant":"unpooledVariance"}""", ["n1Exact", "n1", "n2", "total"] },
        { "twoProportionsPower", """{"p1":0.1,"p2":0.12,"n1":3841,"alpha":0.05,"sides":2,"ratioN2overN1":1}""", ["powerPooledNull", "powerUnpooled", "powerPooledNullBothTails"] },
        { "twoProportionsMde", """{"p1":0.1,"n1":3841,"alpha":0.05,"power":0.8,"sides":2,"ratioN2overN1":1}""", ["mdeAbsoluteUp", "mdeAbsoluteDown", "mdeRelativeUp"] },
        { "twoMeansSampleSize", """{"difference":0.5,"sd":1,"alpha":0.05,"power":0.8,"sides":2,"variant":"noncentralT_equalVariance"}""", ["n1Exact", "n1", "n2", "total", "powerAtN1"] },
        { "twoMeansPower", """{"difference":0.5,"sd1":1,"sd2":2,"n1":64,"alpha":0.05,"sides":2,"variant":"normal"}""", ["powerNearTail"] },
        { "twoMeansMde", """{"sd":1,"n1":64,"alpha":0.05,"power":0.8,"sides":2,"variant":"noncentralT_equalVariance"}""", ["mdeAbsolute"] },
        { "powerThreshold", """{"baselineRate":0.1,"mdeRelative":0.2,"counts":[3000,3100],"alpha":0.05,"sides":2,"targetPower":0.8,"variant":"pooledNullVariance"}""", ["powerAtCurrentN", "powerThresholdMet", "requiredN1EqualSplit"] },
        { "asymptoticConfidenceSequence", """{"effect":0.03,"standardError":0.01,"totalN":20000,"alpha":0.05,"tuningN":10000}""", ["rho", "halfWidth", "lower", "upper", "logEValue", "pValue", "oneSided"] },
        { "normalMixtureBoundTwoSided", """{"v":100,"alpha":0.05,"vOpt":50,"alphaOpt":0.05}""", ["rho", "bound"] },
        { "mSprtNormal", """{"differences":[0.1,0.2],"variancesOfDifference":[0.01,0.005],"tauSquared":0.01,"alpha":0.05}""", ["logLikelihoodRatio", "alwaysValidP", "halfWidth"] },
        { "anytimeValidT", """{"t":3,"nu":98,"n":100,"g":1,"alpha":0.05}""", ["logEValue", "pValue", "ciMultiplierOfStdError"] },
        { "meanDifference", """{"control":{"n":100,"mean":1,"m2":50},"treatment":{"n":100,"mean":1.2,"m2":60},"alpha":0.05,"tuningN":1000}""",
            ["rhoSquared", "g", "estimate", "standardError", "z", "halfWidth", "lower", "upper", "logEValue", "logPValue", "relativeEstimate", "relativeLower", "relativeUpper"] },
        { "stratifiedMeanDifference", """{"epochs":[{"control":{"n":100,"mean":1,"m2":50},"treatment":{"n":100,"mean":1.2,"m2":60}}],"alpha":0.05,"tuningN":1000}""", ["estimate", "epochsUsed"] },
        { "cupedMeanDifference", """{"control":{"n":100,"meanY":1,"meanX":1,"m2Y":50,"m2X":40,"cXY":30},"treatment":{"n":100,"meanY":1.2,"meanX":1.1,"m2Y":50,"m2X":40,"cXY":30},"alpha":0.05,"tuningN":1000}""", ["estimate", "theta", "unadjustedEstimate"] },
        { "ratioMetricDifference", """{"control":{"n":100,"sumY":100,"sumD":200,"sumYY":150,"sumDD":500,"sumYD":220},"treatment":{"n":100,"sumY":110,"sumD":200,"sumYY":170,"sumDD":500,"sumYD":240},"alpha":0.05,"tuningN":1000}""", ["estimate", "controlRatio", "treatmentRatio"] },
        { "conversionDifference", """{"control":{"n":1000,"conversions":100},"treatment":{"n":1000,"conversions":130},"alpha":0.05,"tuningN":1000}""", ["estimate", "smallestExpectedCount", "status"] },
        { "conversionRatioExact", """{"epochs":[{"conversions":[100,130],"weights":[1,1]}],"concentrations":[10,100],"alpha":0.05}""", ["logEValueAtOne", "logPValue", "ratioEstimate", "lower", "upper"] },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Every_kind_answers_with_its_outputs(string kind, string inputs, string[] outputs)
    {
        var answer = Assert.Single(await ComputeAsync($$"""{"id":"a-1","kind":"{{kind}}","inputs":{{inputs}}}"""));

        Assert.False(answer.TryGetProperty("error", out var error), error.ToString());
        Assert.Equal("a-1", answer.GetProperty("id").GetString());
        Assert.Equal(kind, answer.GetProperty("kind").GetString());
        foreach (var output in outputs)
        {
            Assert.True(answer.GetProperty("outputs").TryGetProperty(output, out _), $"{output} is missing.");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_is_listed_with_its_outputs(string kind, string inputs, string[] outputs)
    {
        var calculation = Calculations.ByKind[kind];

        Assert.All(outputs, output => Assert.Contains(output, calculation.Outputs));
        using var given = JsonDocument.Parse(inputs);
        Assert.All(given.RootElement.EnumerateObject(), input => Assert.Contains(input.Name, calculation.Inputs + " weights"));
    }

    [Fact]
    public void Every_kind_that_is_listed_is_tested_here() =>
        Assert.Equal(Calculations.All.Select(calculation => calculation.Kind).Order(), Kinds.Select(row => row.Data.Item1).Order());

    [Fact]
    public async Task A_bad_line_is_answered_with_an_error_and_the_next_one_goes_on()
    {
        var answers = await ComputeAsync(
            "no json",
            "[1]",
            """{"id":1,"kind":"chi3","inputs":{}}""",
            """{"id":2,"kind":"chi2"}""",
            """{"id":3,"kind":"chi2","inputs":{"counts":[1,-2],"weights":[1,1]}}""",
            """{"id":4,"kind":"chi2","inputs":{"counts":[1,2.5],"weights":[1,1]}}""",
            """{"id":5,"kind":"chi2","inputs":{"counts":[1,2],"weights":[1]}}""",
            """{"id":6,"kind":"chi2","inputs":{"counts":[1,2],"weights":["1","x"]}}""",
            """{"id":7,"kind":"conditionalPower","inputs":{"z":1,"informationFraction":1.5,"finalCriticalZ":1.96,"driftAtFullInformation":2.8}}""",
            "",
            """{"id":8,"kind":"chi2","inputs":{"counts":[1,2],"weights":[1,1]}}""");

        Assert.Equal(10, answers.Count);
        string[] expected =
        [
            "no JSON", "must be an object", "'chi3' is not known; 'dataplane compute --list'", "inputs is missing", "inputs.counts[1] must be at least 0; it is -2",
            "inputs.counts[1] must be an integer from 0 to 9e15; it is 2.5", "counts must have as many values as weights, 1; it has 2", "one is 'x'",
            "informationFraction must be between 0 and 1, both excluded; it is 1.5",
        ];
        for (var index = 0; index < expected.Length; index++)
        {
            Assert.Contains(expected[index], answers[index].GetProperty("error").GetString());
            Assert.False(answers[index].TryGetProperty("outputs", out _));
        }

        Assert.Equal(3, answers[4].GetProperty("id").GetInt32());
        Assert.True(answers[9].TryGetProperty("outputs", out _));
    }

    [Fact]
    public async Task Numbers_may_be_decimals_in_text_and_come_back_in_round_trip_form()
    {
        var answers = await ComputeAsync(
            """{"id":1,"kind":"chi2","inputs":{"counts":["1e3",1100],"weightsExact":["1/3","2/3"]}}""",
            """{"id":2,"kind":"conditionalPower","inputs":{"z":"1.0","informationFraction":"1/2","finalCriticalZ":"1.96","driftAtFullInformation":2.8}}""");

        Assert.Equal(2_100, answers[0].GetProperty("outputs").GetProperty("n").GetInt64());
        var power = answers[1].GetProperty("outputs").GetProperty("conditionalPower");
        Assert.Equal(power.GetDouble().ToString("R", System.Globalization.CultureInfo.InvariantCulture), power.GetRawText());
    }

    [Fact]
    public async Task Subjects_in_arms_without_weight_are_an_alert_and_no_infinite_evidence()
    {
        var answer = Assert.Single(await ComputeAsync(
            """{"id":1,"kind":"sequentialSrm","inputs":{"batches":[[50,1,50]],"weights":[1,0,1],"dirichletConcentration":100}}"""));

        Assert.Equal("alert", answer.GetProperty("outputs").GetProperty("severity").GetString());
        Assert.InRange(answer.GetProperty("outputs").GetProperty("finalLogBayesFactor").GetDouble(), -1, 0);
    }

    [Fact]
    public async Task Arms_without_weight_are_left_out_of_mixtures_and_of_a_priors_mean()
    {
        var answers = await ComputeAsync(
            """{"id":1,"kind":"sequentialSrmMixture","inputs":{"weights":[1,0,1],"counts":[50,3,40],"concentrations":[100]}}""",
            """{"id":2,"kind":"sequentialSrmMixture","inputs":{"epochs":[{"weights":[1,0,1],"counts":[50,3,40]}],"concentrations":[100]}}""",
            """{"id":3,"kind":"sequentialSrmMixture","inputs":{"weights":[1,1],"counts":[50,40],"concentrations":[100]}}""",
            """{"id":4,"kind":"sequentialSrm","inputs":{"batches":[[10,20,0]],"weights":[1,1,0],"dirichletConcentration":100,"dirichletMean":[0.4,0.4,0.2]}}""");

        var expected = answers[2].GetProperty("outputs").GetProperty("logEValue").GetDouble();
        Assert.Equal(expected, answers[0].GetProperty("outputs").GetProperty("logEValue").GetDouble(), 1e-12);
        Assert.Equal(expected, answers[1].GetProperty("outputs").GetProperty("logEValue").GetDouble(), 1e-12);
        Assert.Equal(0.25622, answers[3].GetProperty("outputs").GetProperty("finalLogBayesFactor").GetDouble(), 1e-5);
    }

    [Fact]
    public async Task Infinities_are_texts_and_boundaries_of_looks_that_cannot_stop_are_null()
    {
        var answers = await ComputeAsync(
            """{"id":1,"kind":"conversionRatioExact","inputs":{"epochs":[{"conversions":[0,30],"weights":[1,1]}],"alpha":0.05}}""",
            """{"id":2,"kind":"alphaSpendingBounds","inputs":{"spendingFamily":"LDOF","alpha":0.05,"sides":1,"informationTimes":[0.0001,1]}}""");

        Assert.Equal("Infinity", answers[0].GetProperty("outputs").GetProperty("upper").GetString());
        Assert.Equal(JsonValueKind.Null, answers[1].GetProperty("outputs").GetProperty("upperZ")[0].ValueKind);
        Assert.Equal(JsonValueKind.Null, answers[1].GetProperty("outputs").GetProperty("lowerZ")[1].ValueKind);
    }

    [Fact]
    public async Task Conversions_that_show_nothing_have_a_status_and_no_effect()
    {
        var answer = Assert.Single(await ComputeAsync(
            """{"id":1,"kind":"conversionDifference","inputs":{"control":{"n":50,"conversions":0},"treatment":{"n":50,"conversions":0},"alpha":0.05,"tuningN":1000}}"""));

        Assert.Equal("insufficient", answer.GetProperty("outputs").GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("outputs").GetProperty("estimate").ValueKind);
    }

    [Fact]
    public async Task Text_that_is_no_text_and_endless_fractions_are_errors_of_their_line()
    {
        var answers = await ComputeAsync(
            """{"id":"\ud800","kind":"\ud800","inputs":{}}""",
            """{"id":2,"kind":"conditionalPower","inputs":{"z":"\ud800","informationFraction":0.5,"finalCriticalZ":1.96,"driftAtFullInformation":2.8}}""",
            $$"""{"id":3,"kind":"conditionalPower","inputs":{"z":"{{string.Concat(Enumerable.Repeat("1/", 200_000))}}1","informationFraction":0.5,"finalCriticalZ":1.96,"driftAtFullInformation":2.8} }""",
            """{"id":4,"kind":"chi2","inputs":{"counts":[9,1],"weights":[0.9,0.1]}}""");

        Assert.All(answers.Take(3), answer => Assert.True(answer.TryGetProperty("error", out _)));
        Assert.Equal(1, answers[3].GetProperty("outputs").GetProperty("minExpected").GetDouble());
        Assert.Equal("none", answers[3].GetProperty("outputs").GetProperty("severity").GetString());
    }

    [Fact]
    public async Task The_last_look_is_all_of_the_sample_wherever_its_information_is_put()
    {
        var answers = await ComputeAsync(
            """{"id":1,"kind":"maxSampleInflation","inputs":{"type":"WangTsiatis","param":0.5,"informationTimes":[10,20,30],"alpha":0.05,"sides":2,"power":0.8}}""",
            """{"id":2,"kind":"maxSampleInflation","inputs":{"type":"Pocock","K":3,"alpha":0.05,"sides":2,"power":0.8}}""");

        foreach (var output in new[] { "drift", "inflationFactor", "expectedInformationFractionUnderH1" })
        {
            Assert.Equal(answers[1].GetProperty("outputs").GetProperty(output).GetDouble(), answers[0].GetProperty("outputs").GetProperty(output).GetDouble(), 1e-9);
        }
    }

    private static async Task<IReadOnlyList<JsonElement>> ComputeAsync(params string[] lines)
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        using var output = new MemoryStream();
        await ComputeCommand.RunAsync(input, output, TestContext.Current.CancellationToken);
        return [.. Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }
}
