using System.Text.Json;
using ExperimentFramework.DataPlane.Science;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Planning;

public sealed class PlanTests
{
    private const string Plan = """{"experiment":"checkout","metric":"purchase","window":"7.00:00:00","baseline":0.1,"minimumEffect":0.1,"window:page-view":"1.00:00:00","segment:country":"","owner":"me"}""";

    [Fact]
    public async Task A_plan_that_was_read_has_the_hash_and_the_sample_of_the_same_plan_in_code()
    {
        var expected = new AnalysisPlan
        {
            ExperimentName = "checkout",
            Control = "control",
            PrimaryMetric = new PlannedMetric { Name = "purchase", Definition = new MetricDefinition(TimeSpan.FromDays(7), MetricAggregation.Any), Baseline = 0.1 },
            SecondaryMetrics = [new PlannedMetric { Name = "page-view", Definition = new MetricDefinition(TimeSpan.FromDays(1), MetricAggregation.Any) }],
            MinimumEffect = 0.1,
            Segments = ["country"],
        };
        var sample = PlannedSample.Of(expected, new Dictionary<string, double> { ["control"] = 1, ["b"] = 1 })!;

        var answer = await PlanAsync(Plan, "--weights", "checkout:control=1,b=1");

        Assert.Equal(expected.Hash, answer.GetProperty("plan").GetProperty("hash").GetString());
        Assert.Equal(sample.Total, answer.GetProperty("subjects").GetInt64());
        Assert.Equal(sample.ByVariant["b"], answer.GetProperty("subjectsByVariant").GetProperty("b").GetInt64());
    }

    [Fact]
    public async Task A_plan_that_was_written_reads_back_and_a_changed_one_is_refused()
    {
        var written = (await PlanAsync(Plan)).GetProperty("plan").ToString();

        Assert.Equal(written, (await PlanAsync(written)).GetProperty("plan").ToString());
        Assert.Contains("it was changed after it was made", await ErrorAsync(written.Replace("\"0.05\"", "\"0.1\"", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense", "is no JSON")]
    [InlineData("[]", "is no plan")]
    [InlineData("{}", "The setting '(metric|experiment)'.* is missing")]
    [InlineData("""{"experiment":"checkout","metric":"purchase","window":"7.00:00:00","colour":"red"}""", "The setting 'colour' is not known")]
    [InlineData("""{"experiment":"checkout","metric":"purchase","window":"7.00:00:00","cap:page-view":3}""", "The setting 'cap:page-view' is of a metric without a window. Add 'window:page-view'")]
    [InlineData("""{"experiment":"checkout","metric":"purchase","window":"soon"}""", "The setting 'window' .* 'soon'")]
    [InlineData("""{"experiment":"checkout","metric":"purchase","window":"7.00:00:00","alpha":0.7}""", "Alpha")]
    [InlineData("""{"experiment":"checkout","metric":"purchase","window":"7.00:00:00","alpha":[1]}""", "must be a text or a number")]
    [InlineData("""{"experiment":"checkout","metric":"purchase","window":"24:00:00"}""", "The setting 'window' is '24:00:00', which .NET parses as 24 days. Write '24.00:00:00' if that is intended; '1.00:00:00' is one day")]
    [InlineData("""{"experiment":"checkout","metric":"purchase","window":7}""", "The setting 'window' is '7', which .NET parses as 7 days. Write '7.00:00:00'")]
    [InlineData("""{"experiment":"checkout","metric":"purchase","window":"01:00:00","window:page-view":"48:00:00"}""", "The setting 'window:page-view' is '48:00:00', which .NET parses as 48 days. Write '48.00:00:00'")]
    [InlineData("""{"experiment":"checkout","metric":"purchase","window":"01:00:00","minimumRunTime":"24:00:00"}""", "The setting 'minimumRunTime' is '24:00:00'")]
    [InlineData("""{"experiment":"checkout","metric":"purchase","window":"7.00:00:00","cap:purchase":3}""", "The setting 'cap:purchase' is of the primary metric: write 'cap', without a colon and its name.")]
    [InlineData("""{"experiment":"checkout","metric":"purchase","window":"7.00:00:00","window:purchase":"1.00:00:00"}""", "The setting 'window:purchase' is of the primary metric: write 'window'")]
    public async Task A_plan_that_makes_no_sense_is_refused_with_what_is_wrong(string plan, string message) =>
        Assert.Matches(message, await ErrorAsync(plan));

    [Theory]
    [InlineData("", "Values count for 7 days after the first exposure of their subject; those of page-view for 1 day.\n")]
    [InlineData("\"minimumRunTime\":\"14.12:00:00\",\"window:signup\":\"7.00:00:00\",\"window:visit\":\"1.00:00:00\",\"window:click\":\"00:30:00\",", "Values count for 7 days after the first exposure of their subject; those of click for 30 minutes; those of page-view, visit for 1 day. The experiment runs for at least 14 days 12 hours.\n")]
    public async Task Windows_and_the_minimum_run_time_are_in_words(string settings, string text)
    {
        using var tool = new ToolFixture { Width = 400 };
        await File.WriteAllTextAsync(tool.Path("plan.json"), "{" + settings + Plan[1..], TestContext.Current.CancellationToken);

        Assert.Contains(text, (await tool.RunAsync("plan", tool.Path("plan.json"))).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"metric\":\"PayAsync\",\"source\":\"OutcomeFailure\",\"window\":\"00:00:00\"", "The outcome of the call that exposes a subject counts.\n")]
    [InlineData("\"metric\":\"PayAsync\",\"source\":\"OutcomeFailure\",\"window\":\"00:00:00\",\"window:visit\":\"1.00:00:00\",\"window:click\":\"00:30:00\"", "The outcome of the call that exposes a subject counts; values of click for 30 minutes after the first exposure of their subject; those of visit for 1 day.\n")]
    [InlineData("\"metric\":\"visit\",\"window\":\"1.00:00:00\",\"source:PayAsync\":\"OutcomeFailure\",\"window:PayAsync\":\"00:00:00\"", "Values count for 1 day after the first exposure of their subject; of PayAsync, the outcome of the call that exposes a subject.\n")]
    public async Task Of_outcomes_without_a_window_the_exposing_call_counts(string settings, string text)
    {
        using var tool = new ToolFixture { Width = 400 };
        await File.WriteAllTextAsync(tool.Path("plan.json"), $$"""{"experiment":"checkout",{{settings}}}""", TestContext.Current.CancellationToken);

        Assert.Contains(text, (await tool.RunAsync("plan", tool.Path("plan.json"))).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FixedHorizon", "It needs")]
    [InlineData("AlwaysValid", "A single test needs")]
    public async Task A_sample_that_cannot_be_counted_has_no_number_of_subjects_and_days(string looks, string needs)
    {
        using var tool = new ToolFixture { Width = 400 };
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(SampleStream.All));
        await File.WriteAllTextAsync(
            tool.Path("plan.json"),
            $$"""{"experiment":"checkout","metric":"purchase","window":"7.00:00:00","baseline":0.1,"minimumEffect":1e-12,"looks":"{{looks}}"}""",
            TestContext.Current.CancellationToken);
        string[] options = ["plan", tool.Path("plan.json"), "--weights", "checkout:control=1,b=1", "--traffic", tool.Path("events.jsonl")];

        var text = (await tool.RunAsync(options)).Output;
        var answer = JsonElement.Parse((await tool.RunAsync([.. options, "--json"])).Output);

        Assert.Contains(needs + " more subjects than can be counted. Plan a larger effect.\n", text, StringComparison.Ordinal);
        Assert.Matches("[0-9,]+ subjects a day were seen so far\\.\n", text);
        Assert.All(["subjects", "days", "subjectsForPower", "daysForPower"], name => Assert.Equal("Infinity", answer.GetProperty(name).GetString()));
        Assert.Empty(answer.GetProperty("subjectsByVariant").EnumerateObject());
    }

    [Theory]
    [InlineData("", "no minimumEffect and no baseline")]
    [InlineData("\"minimumEffect\":0.1,", "no baseline")]
    [InlineData("\"minimumEffect\":0.1,\"baseline\":40,\"aggregation\":\"Mean\",", "no standardDeviation")]
    [InlineData("\"minimumEffect\":0.1,\"standardDeviation\":40,\"aggregation\":\"Sum\",", "no baseline")]
    [InlineData("\"minimumEffect\":0.1,\"aggregation\":\"Mean\",\"scale\":\"Logarithmic\",", "no standardDeviation")]
    [InlineData("\"aggregation\":\"Sum\",", "no minimumEffect and no baseline and no standardDeviation")]
    public async Task A_plan_without_a_sample_size_says_which_settings_are_missing_for_it(string settings, string missing)
    {
        using var tool = new ToolFixture { Width = 400 };
        await File.WriteAllTextAsync(tool.Path("plan.json"), "{" + settings + """ "experiment":"checkout","metric":"purchase","window":"7.00:00:00"}""", TestContext.Current.CancellationToken);

        Assert.Contains($"It has no sample size: it has {missing}.\n", (await tool.RunAsync("plan", tool.Path("plan.json"), "--weights", "checkout:control=1,b=1")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_duration_is_that_of_the_sample_at_the_subjects_a_day_seen_so_far()
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(SampleStream.All));
        await File.WriteAllTextAsync(tool.Path("plan.json"), Plan, TestContext.Current.CancellationToken);

        var run = await tool.RunAsync("plan", tool.Path("plan.json"), "--weights", "checkout:control=1,b=1", "--traffic", tool.Path("events.jsonl"), "--json");

        // 4,000 subjects, one each second.
        var answer = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(4_000 / (3_999.0 / 86_400), answer.GetProperty("subjectsADay").GetDouble(), 1.0);
        Assert.Equal(answer.GetProperty("subjects").GetDouble() / answer.GetProperty("subjectsADay").GetDouble(), answer.GetProperty("days").GetDouble(), 1e-9);
    }

    [Fact]
    public async Task If_looks_are_allowed_at_any_time_the_answer_has_the_subjects_and_days_of_the_planned_power()
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(SampleStream.All));
        await File.WriteAllTextAsync(tool.Path("any.json"), Plan, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(tool.Path("fixed.json"), Plan.Replace("\"owner\"", "\"looks\":\"FixedHorizon\",\"owner\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        string[] options = ["--weights", "checkout:control=1,b=1", "--traffic", tool.Path("events.jsonl"), "--json"];

        var anyTime = JsonDocument.Parse((await tool.RunAsync(["plan", tool.Path("any.json"), .. options])).Output).RootElement;
        var once = JsonDocument.Parse((await tool.RunAsync(["plan", tool.Path("fixed.json"), .. options])).Output).RootElement;

        var subjects = anyTime.GetProperty("subjectsForPower").GetDouble();
        Assert.InRange(subjects / anyTime.GetProperty("subjects").GetDouble(), 1.2, 3);
        Assert.Equal(subjects / anyTime.GetProperty("subjectsADay").GetDouble(), anyTime.GetProperty("daysForPower").GetDouble(), 1e-9);
        Assert.Equal(once.GetProperty("subjects").GetDouble(), once.GetProperty("subjectsForPower").GetDouble());
        Assert.Equal(once.GetProperty("days").GetDouble(), once.GetProperty("daysForPower").GetDouble());
    }

    [Fact]
    public async Task A_power_that_looks_at_any_time_cannot_reach_has_no_number_of_subjects_and_days()
    {
        using var tool = new ToolFixture { Width = 400 };
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(SampleStream.All));
        await File.WriteAllTextAsync(
            tool.Path("plan.json"),
            """{"experiment":"checkout","metric":"purchase","window":"7.00:00:00","aggregation":"Mean","baseline":10,"standardDeviation":5,"minimumEffect":0.1,"sides":1,"alpha":0.4999999999999,"power":0.5000000000001}""",
            TestContext.Current.CancellationToken);
        string[] options = ["plan", tool.Path("plan.json"), "--weights", "checkout:control=1,b=1", "--traffic", tool.Path("events.jsonl")];

        var text = (await tool.RunAsync(options)).Output;
        var answer = JsonElement.Parse((await tool.RunAsync([.. options, "--json"])).Output);

        Assert.Contains("cannot be reached: it needs more subjects than can be counted.", text, StringComparison.Ordinal);
        Assert.Matches("a single test takes about [0-9]+ days?\\.\n", text);
        Assert.Equal(("Infinity", "Infinity"), (answer.GetProperty("subjectsForPower").GetString(), answer.GetProperty("daysForPower").GetString()));
    }

    [Theory]
    [InlineData("0.8", "a power of 80 % ")]
    [InlineData("0.995", "a power of 99.5 % ")]
    public async Task The_days_of_the_sample_and_of_the_planned_power_are_told_apart(string power, string text)
    {
        using var tool = new ToolFixture { Width = 400 };
        var hours = SampleStream.All.Where(static envelope => envelope.Payload is ExposureEvent { ExperimentName: "checkout" }).Take(300).Select((envelope, index) => (envelope, Time: envelope.Timestamp.AddMinutes(4.8 * index)))
            .Select(static shifted => shifted.envelope with { EventId = Guid.CreateVersion7(shifted.Time), Timestamp = shifted.Time, Payload = shifted.envelope.Payload with { Timestamp = shifted.Time } });
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(hours));
        await File.WriteAllTextAsync(tool.Path("plan.json"), Plan.Replace("\"owner\"", $"\"power\":{power},\"owner\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        string[] options = ["plan", tool.Path("plan.json"), "--weights", "checkout:control=1,b=1", "--traffic", tool.Path("events.jsonl")];

        var output = (await tool.RunAsync(options)).Output;
        var answer = JsonDocument.Parse((await tool.RunAsync([.. options, "--json"])).Output).RootElement;

        Assert.Contains(text, output, StringComparison.Ordinal);
        Assert.NotEqual(Math.Ceiling(answer.GetProperty("days").GetDouble()), Math.Ceiling(answer.GetProperty("daysForPower").GetDouble()));
        Assert.Contains($" {Math.Ceiling(answer.GetProperty("days").GetDouble())} days", output, StringComparison.Ordinal);
        Assert.Contains($" {Math.Ceiling(answer.GetProperty("daysForPower").GetDouble())} days", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { "--baseline", "0.1" }, "Name --effect")]
    [InlineData(new[] { "--baseline", "0", "--effect", "0.1" }, "--baseline must not be 0")]
    [InlineData(new[] { "--baseline", "0.1", "--effect", "0" }, "--effect must not be 0")]
    [InlineData(new[] { "--baseline", "0.9", "--effect", "0.5" }, "--effect takes the rate from 0.9 to 1.35, and must leave it between 0 and 1, both excluded; it is 0.5.")]
    [InlineData(new[] { "--baseline", "40", "--effect", "0.5" }, "--baseline must be between 0 and 1, both excluded: without --sd the metric is a conversion; it is 40.")]
    [InlineData(new[] { "--baseline", "0.1", "--effect", "0.1", "--alpha", "2" }, "--alpha must be between 0 and 1")]
    [InlineData(new[] { "--baseline", "0.1", "--effect", "0.1", "--power", "0.01" }, "--power must be below 1 and above")]
    [InlineData(new[] { "--baseline", "0.1", "--effect", "0.1", "--sides", "3" }, "--sides must be 1 or 2")]
    [InlineData(new[] { "--baseline", "0.1", "--effect", "-0.05", "--sides", "1" }, "--effect must be an increase with --sides 1, which acts upon nothing else; it is -0.05.")]
    [InlineData(new[] { "--baseline", "-4", "--sd", "1", "--effect", "0.05", "--sides", "1" }, "--effect must be an increase with --sides 1")]
    [InlineData(new[] { "--baseline", "0.1", "--effect", "0.1", "--ratio", "0" }, "--ratio must be above 0")]
    [InlineData(new[] { "--baseline", "0.1", "--subjects", "0" }, "--subjects must be at least 1")]
    [InlineData(new[] { "--baseline", "0.1", "--subjects", "10", "--ratio", "0.05" }, "--ratio must leave the variant at least one subject for the 10 of control; it is 0.05.")]
    [InlineData(new[] { "--baseline", "4", "--sd", "-1", "--subjects", "10" }, "--sd must be above 0")]
    [InlineData(new[] { "--baseline", "0.1", "--effect", "0,05" }, "--effect must be a number such as 0.05, with a point before its decimals; '0,05' is none.")]
    [InlineData(new[] { "--baseline", "0.1", "--subjects", "1,000" }, "--subjects must be a number")]
    [InlineData(new[] { "--baseline", "0.1", "--effect", "0.1", "--subjects", "1000", "--power", "0.9" }, "--power cannot be given as well")]
    public async Task A_question_about_power_that_makes_no_sense_is_refused(string[] options, string message)
    {
        using var tool = new ToolFixture();

        var run = await tool.RunAsync(["power", .. options]);

        Assert.Equal(2, run.Code);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_subjects_a_day_are_those_of_the_exposures_however_long_outcomes_go_on()
    {
        using var tool = new ToolFixture();
        var outcome = SampleStream.All.Last(envelope => envelope.Payload is OutcomeEvent { ExperimentName: "checkout" });
        var late = outcome with { EventId = Guid.CreateVersion7(outcome.Timestamp.AddDays(20)), Timestamp = outcome.Timestamp.AddDays(20) };
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines([.. SampleStream.All, late]));
        await File.WriteAllTextAsync(tool.Path("plan.json"), Plan, TestContext.Current.CancellationToken);

        var run = await tool.RunAsync("plan", tool.Path("plan.json"), "--traffic", tool.Path("events.jsonl"), "--json");

        Assert.Equal(4_000 / (3_999.0 / 86_400), JsonDocument.Parse(run.Output).RootElement.GetProperty("subjectsADay").GetDouble(), 1.0);
    }

    [Fact]
    public async Task An_exposure_of_a_wrong_clock_does_not_change_the_subjects_a_day()
    {
        using var tool = new ToolFixture();
        var time = new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var exposure = SampleStream.All.First(envelope => envelope.Payload is ExposureEvent { ExperimentName: "checkout" });
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines([.. SampleStream.All, exposure with { EventId = Guid.CreateVersion7(time), Timestamp = time }]));
        await File.WriteAllTextAsync(tool.Path("plan.json"), Plan, TestContext.Current.CancellationToken);

        var run = await tool.RunAsync("plan", tool.Path("plan.json"), "--traffic", tool.Path("events.jsonl"), "--json");

        Assert.Equal(4_000 / (3_999.0 / 86_400), JsonDocument.Parse(run.Output).RootElement.GetProperty("subjectsADay").GetDouble(), 1.0);
        Assert.Equal("warning: 1 exposure is so far in the future that a clock must be wrong. It was left out.\n", run.Error);
    }

    [Fact]
    public async Task Exposures_without_subjects_are_too_few_to_say_how_many_there_are_a_day()
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(
            tool.Path("events.jsonl"),
            SampleStream.Lines(SampleStream.Few.Select(envelope => envelope.Payload is ExposureEvent exposure ? envelope with { Payload = exposure with { SubjectId = null } } : envelope)));
        await File.WriteAllTextAsync(tool.Path("plan.json"), Plan, TestContext.Current.CancellationToken);

        var run = await tool.RunAsync("plan", tool.Path("plan.json"), "--traffic", tool.Path("events.jsonl"));

        Assert.Equal((2, "error: The exposures of 'checkout' are too few to say how many subjects a day has.\n"), (run.Code, run.Error));
    }

    [Theory]
    [InlineData("-4", "--sd", "2", "--subjects", "500")]
    [InlineData("-4", "--sd", "2", "--subjects", "500", "--effect", "0.1")]
    [InlineData("-4", "--sd", "2", "--effect", "-0.1", "--sides", "1")]
    [InlineData("4", "--sd", "2", "--effect", "0.1", "--sides", "1")]
    public async Task The_difference_is_the_effect_times_the_baseline(string baseline, params string[] options)
    {
        using var tool = new ToolFixture();

        var answer = JsonDocument.Parse((await tool.RunAsync(["power", "--baseline", baseline, "--json", .. options])).Output).RootElement;

        Assert.Equal(double.Parse(baseline, System.Globalization.CultureInfo.InvariantCulture) * answer.GetProperty("effect").GetDouble(), answer.GetProperty("difference").GetDouble(), 1e-12);
    }

    [Fact]
    public async Task Power_is_that_of_the_calculators()
    {
        using var tool = new ToolFixture();
        var size = TwoProportions.Size(0.1, 0.11, 0.8, new TwoArmTest(0.05));

        var run = await tool.RunAsync("power", "--baseline", "0.1", "--effect", "0.1", "--json");

        Assert.Equal(size.N1, JsonDocument.Parse(run.Output).RootElement.GetProperty("control").GetDouble());
    }

    private static async Task<JsonElement> PlanAsync(string plan, params string[] options)
    {
        using var tool = new ToolFixture();
        await File.WriteAllTextAsync(tool.Path("plan.json"), plan);
        var run = await tool.RunAsync(["plan", tool.Path("plan.json"), "--json", .. options]);
        Assert.Equal((0, ""), (run.Code, run.Error));
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private static async Task<string> ErrorAsync(string plan)
    {
        using var tool = new ToolFixture();
        await File.WriteAllTextAsync(tool.Path("plan.json"), plan);
        var run = await tool.RunAsync("plan", tool.Path("plan.json"));
        Assert.Equal(2, run.Code);
        return run.Error;
    }
}
