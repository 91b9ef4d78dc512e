using System.Text.Json;
using ExperimentFramework.DataPlane.Science;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.SampleRatio;

public sealed class SampleRatioTests
{
    [Fact]
    public async Task A_broken_split_is_found_and_a_healthy_one_is_not()
    {
        var (code, experiments) = await RunAsync();

        Assert.Equal(1, code);
        Assert.Equal("healthy", experiments["checkout"].GetProperty("sequential").GetProperty("state").GetString());
        Assert.Equal("mismatch", experiments["search"].GetProperty("sequential").GetProperty("state").GetString());
        Assert.True(experiments["search"].GetProperty("isBroken").GetBoolean());
        Assert.Equal("undeclared", experiments["undeclared"].GetProperty("versions")[0].GetProperty("severity").GetString());
    }

    [Fact]
    public async Task The_test_of_one_look_is_that_of_the_counts()
    {
        var (_, experiments) = await RunAsync();
        var exposures = SampleStream.All.Select(envelope => envelope.Payload).OfType<ExposureEvent>().Where(exposure => exposure.ExperimentName == "search").ToList();
        long[] counts = [exposures.Count(exposure => exposure.VariantKey == "control"), exposures.Count(exposure => exposure.VariantKey == "b")];
        var expected = SampleRatioTest.Evaluate(counts, Allocation.FromWeights(1.0, 1.0)).ChiSquare;

        var version = experiments["search"].GetProperty("versions")[0];

        Assert.Equal(counts, version.GetProperty("variants").EnumerateArray().Select(variant => variant.GetProperty("subjects").GetInt64()));
        Assert.Equal(expected.Statistic, version.GetProperty("oneLook").GetProperty("chiSquare").GetDouble(), 12);
        Assert.Equal(expected.LogPValue, experiments["search"].GetProperty("oneLook").GetProperty("logPValue").GetDouble(), 12);
    }

    [Fact]
    public async Task Weights_of_the_command_line_replace_those_of_the_stream()
    {
        var (code, experiments) = await RunAsync("--weights", "search:control=10,b=8", "--weights", "checkout:control=90,b=10");

        Assert.Equal(1, code);
        Assert.Equal("healthy", experiments["search"].GetProperty("sequential").GetProperty("state").GetString());
        Assert.Equal("mismatch", experiments["checkout"].GetProperty("sequential").GetProperty("state").GetString());
        Assert.Equal(90, experiments["checkout"].GetProperty("versions")[0].GetProperty("variants")[0].GetProperty("weight").GetDouble());
    }

    [Fact]
    public async Task Segments_are_tenants_types_of_subjects_and_named_attributes()
    {
        var (_, experiments) = await RunAsync("--segment", "country", "--experiment", "search");

        var segments = Assert.Single(experiments).Value.GetProperty("segments").EnumerateArray().ToDictionary(segment => segment.GetProperty("name").GetString()!, segment => segment);
        Assert.Equal(["country=DE", "country=FR", "subjectType=user", "tenant=acme", "tenant=zenith"], segments.Keys.Order());
        var (alone, adjusted) = (segments["country=DE"].GetProperty("oneLook").GetProperty("pValue").GetDouble(), segments["country=DE"].GetProperty("adjustedPValue").GetDouble());
        Assert.Equal(Math.Min(1, alone * 5), adjusted, 12);
    }

    [Theory]
    [InlineData("checkout")]
    [InlineData("checkout:control")]
    [InlineData("checkout:control=-1,b=1")]
    [InlineData("checkout:control=1,control=2")]
    [InlineData("checkout:control=1")]
    [InlineData("checkout:control=NaN,b=1")]
    public async Task Weights_that_make_no_sense_are_refused_with_the_form_that_is_expected(string weights)
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(SampleStream.Few));

        Assert.Equal(2, (await tool.RunAsync("srm", tool.Path("events.jsonl"), "--weights", weights)).Code);
        Assert.False(DeclaredWeights.TryParse(weights, out _, out var problem));
        Assert.Contains("EXPERIMENT:VARIANT=WEIGHT", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_experiment_that_is_not_there_is_an_error()
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(SampleStream.Few));

        var run = await tool.RunAsync("srm", tool.Path("events.jsonl"), "--experiment", "nonsense");

        Assert.Equal(2, run.Code);
        Assert.Contains("There is no experiment 'nonsense'", run.Error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, Dictionary<string, JsonElement> Experiments)> RunAsync(params string[] options)
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(SampleStream.All));
        var run = await tool.RunAsync(["srm", "--json", tool.Path("events.jsonl"), .. options]);
        return (run.Code, JsonDocument.Parse(run.Output).RootElement.GetProperty("experiments").EnumerateArray().ToDictionary(experiment => experiment.GetProperty("name").GetString()!, experiment => experiment));
    }
}
