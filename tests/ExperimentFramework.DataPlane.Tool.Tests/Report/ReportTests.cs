using System.Runtime.Versioning;
using System.Text.Json;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Report;

public sealed class ReportTests
{
    [Theory]
    [InlineData("report.html", "<!DOCTYPE html>")]
    [InlineData("report.HTM", "<!DOCTYPE html>")]
    [InlineData("report.md", "# Experiments\n")]
    [InlineData("report.txt", "# Experiments\n", "--format", "markdown")]
    [InlineData("new/folder/report.html", "<!DOCTYPE html>")]
    public async Task The_name_or_the_option_says_what_is_written(string target, string start, params string[] options)
    {
        using var tool = await WithEventsAsync(SampleStream.Few);

        var run = await tool.RunAsync(["report", tool.Path("events.jsonl"), "-o", tool.Path(target), .. options]);

        Assert.Equal((0, "", $"3 experiments from {SampleStream.Few.Count} events in 'FOLDER/{target}'.\n"), (run.Code, run.Error, run.Output));
        Assert.StartsWith(start, await ReadAsync(tool, target), StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFiles(tool.Path(""), "*", SearchOption.AllDirectories), file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_broken_split_has_exit_code_1_and_is_named()
    {
        using var tool = await WithEventsAsync(SampleStream.All);

        var all = await tool.RunAsync("report", tool.Path("events.jsonl"), "-o", tool.Path("all.html"));
        var healthy = await tool.RunAsync("report", tool.Path("events.jsonl"), "-o", tool.Path("checkout.html"), "-e", "checkout");

        Assert.Equal((1, 0), (all.Code, healthy.Code));
        Assert.Contains("The split of search is broken", all.Output, StringComparison.Ordinal);
        Assert.Contains("1 of 3 experiments cannot be trusted", await ReadAsync(tool, "all.html"), StringComparison.Ordinal);
        Assert.DoesNotContain("search", await ReadAsync(tool, "checkout.html"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_split_that_losses_explain_has_exit_code_1_and_is_named()
    {
        using var tool = await WithEventsAsync(SampleStream.WithLossesOfSearch);

        var file = await tool.RunAsync("report", tool.Path("events.jsonl"), "-o", tool.Path("report.html"));
        var output = await tool.RunAsync("report", tool.Path("events.jsonl"), "-o", "-", "--format", "markdown");

        const string Finding = "Lost exposures explain why the split of search differs from its plan: its results cannot be trusted.";
        Assert.Equal((1, 1), (file.Code, output.Code));
        Assert.Contains(Finding, file.Output, StringComparison.Ordinal);
        Assert.Contains("warning: " + Finding, output.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_JSON_it_says_why_comparisons_of_an_experiment_cannot_be_trusted()
    {
        using var tool = await WithEventsAsync(SampleStream.WithLossesOfSearch);

        var run = await tool.RunAsync("report", tool.Path("events.jsonl"), "-o", tool.Path("report.html"), "--json");

        var doubts = JsonDocument.Parse(run.Output).RootElement.GetProperty("experiments").EnumerateArray().ToDictionary(status => status.GetProperty("name").GetString()!, status => status.GetProperty("doubt").GetString());
        Assert.Equal(1, run.Code);
        Assert.Contains("because exposures were lost", doubts["search"], StringComparison.Ordinal);
        Assert.Null(doubts["checkout"]);
    }

    [Fact]
    public async Task Its_numbers_are_those_of_the_commands_that_it_names()
    {
        using var tool = await WithEventsAsync(SampleStream.All.Concat(SampleStream.Purchases).OrderBy(envelope => envelope.Timestamp));
        await File.WriteAllTextAsync(tool.Path("plan.json"), """{"experiment":"checkout","metric":"purchase","window":"00:01:00","baseline":0.1}""", TestContext.Current.CancellationToken);
        await tool.RunAsync("report", tool.Path("events.jsonl"), "-o", tool.Path("report.md"), "--plan", tool.Path("plan.json"));
        var report = await ReadAsync(tool, "report.md");

        var commands = report.Split('\n').Where(line => line.StartsWith("    dataplane ", StringComparison.Ordinal)).Select(line => line["    dataplane ".Length..].Split(' ')).ToList();
        var srm = JsonDocument.Parse((await tool.RunAsync([.. commands.Single(command => command[0] == "srm"), "--json"])).Output).RootElement.GetProperty("experiments").EnumerateArray()
            .Single(experiment => experiment.GetProperty("name").GetString() == "search");
        var readOut = JsonDocument.Parse((await tool.RunAsync([.. commands.Single(command => command[0] == "readout" && command.Contains("checkout")), "--json"])).Output).RootElement.GetProperty("metrics").EnumerateArray()
            .Single(metric => metric.GetProperty("isPrimary").GetBoolean());

        var search = report[report.IndexOf("\n## search\n", StringComparison.Ordinal)..];
        foreach (var variant in srm.GetProperty("versions")[0].GetProperty("variants").EnumerateArray())
        {
            Assert.Contains(FormattableString.Invariant($"| {variant.GetProperty("key").GetString()} | {variant.GetProperty("subjects").GetInt64():N0} | {variant.GetProperty("expected").GetDouble():N1} |"), search, StringComparison.Ordinal);
        }

        var b = readOut.GetProperty("variants").EnumerateArray().Single(variant => variant.GetProperty("key").GetString() == "b");
        var difference = b.GetProperty("comparison").GetProperty("difference");
        Assert.Contains(
            FormattableString.Invariant($"| purchase (metric) | primary | b | {b.GetProperty("subjects").GetInt64():N0} | {b.GetProperty("conversions").GetInt64():N0} | {b.GetProperty("mean").GetDouble():G6} | {difference.GetProperty("estimate").GetDouble():G4} | {difference.GetProperty("lower").GetDouble():G4} | {difference.GetProperty("upper").GetDouble():G4} |"),
            report,
            StringComparison.Ordinal);
        Assert.Contains("report", commands[0]);
    }

    [Fact]
    public async Task The_same_events_give_the_same_report()
    {
        using var tool = await WithEventsAsync(SampleStream.All);
        await tool.RunAsync("report", tool.Path("events.jsonl"), "-o", tool.Path("report.html"));
        var first = await ReadAsync(tool, "report.html");

        var run = await tool.RunAsync("report", tool.Path("events.jsonl"), "-o", tool.Path("report.html"), "--overwrite");

        Assert.Equal(1, run.Code);
        Assert.Contains("report.html --overwrite", first, StringComparison.Ordinal);
        Assert.Equal(first, await ReadAsync(tool, "report.html"));
    }

    [Fact]
    public async Task Events_that_were_delivered_twice_count_once_and_hosts_are_merged_by_time()
    {
        using var tool = await WithEventsAsync(SampleStream.All);
        Directory.CreateDirectory(tool.Path("hosts"));
        await File.WriteAllBytesAsync(tool.Path("hosts/a.jsonl"), SampleStream.Lines(SampleStream.All.Where((_, index) => index % 2 == 0)), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(tool.Path("hosts/b.jsonl"), SampleStream.Lines(SampleStream.All.Where((_, index) => index % 2 == 1 || index % 10 == 0)), TestContext.Current.CancellationToken);

        await tool.RunAsync("report", tool.Path("events.jsonl"), "-o", tool.Path("one.md"));
        await tool.RunAsync("report", tool.Path("hosts"), "-o", tool.Path("two.md"));

        Assert.Equal(Numbers(await ReadAsync(tool, "one.md")), Numbers(await ReadAsync(tool, "two.md")));

        static string Numbers(string report) => report[report.IndexOf("\n## checkout\n", StringComparison.Ordinal)..report.IndexOf("## Where this comes from", StringComparison.Ordinal)];
    }

    [Fact]
    public async Task Subjects_are_hidden_unless_they_are_asked_for()
    {
        using var tool = await WithEventsAsync(SampleStream.Few);

        await tool.RunAsync("report", tool.Path("events.jsonl"), "-o", tool.Path("hidden.html"));
        await tool.RunAsync("report", tool.Path("events.jsonl"), "-o", tool.Path("shown.html"), "--show-subjects");

        Assert.DoesNotContain("user-", await ReadAsync(tool, "hidden.html"), StringComparison.Ordinal);
        Assert.Contains("user-39", await ReadAsync(tool, "shown.html"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_could_not_be_read_is_in_the_report_too()
    {
        using var tool = new ToolFixture();
        await File.WriteAllTextAsync(tool.Path("events.jsonl"), "nonsense\n" + System.Text.Encoding.UTF8.GetString(SampleStream.Lines(SampleStream.Few)), TestContext.Current.CancellationToken);

        var run = await tool.RunAsync("report", tool.Path("events.jsonl"), "-o", tool.Path("report.html"));

        Assert.Equal(0, run.Code);
        Assert.Contains("warning: Line 1 of", run.Error, StringComparison.Ordinal);
        Assert.Contains("1 line or file that could not be read.", await ReadAsync(tool, "report.html"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_can_go_to_standard_output()
    {
        using var tool = await WithEventsAsync(SampleStream.Few);

        var run = await tool.RunAsync("report", tool.Path("events.jsonl"), "-o", "-", "--format", "markdown");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.StartsWith("# Experiments\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await tool.RunAsync("report", tool.Path("events.jsonl"), "-o", "-", "--format", "markdown", "--json")).Code);
    }

    [Fact]
    public async Task A_broken_split_is_named_also_if_the_report_is_the_output()
    {
        using var tool = await WithEventsAsync(SampleStream.All);

        var run = await tool.RunAsync("report", tool.Path("events.jsonl"), "-o", "-", "--format", "markdown");

        Assert.Equal((1, "warning: The split of search is broken: its results cannot be trusted.\n"), (run.Code, run.Error));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_report_with_subjects_is_for_its_owner_and_one_that_is_replaced_keeps_its_mode()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var tool = await WithEventsAsync(SampleStream.Few);
        await File.WriteAllTextAsync(tool.Path("old.html"), "old", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(tool.Path("old.html"), Owner | UnixFileMode.GroupRead);

        await tool.RunAsync("report", tool.Path("events.jsonl"), "-o", tool.Path("shown.html"), "--show-subjects");
        await tool.RunAsync("report", tool.Path("events.jsonl"), "-o", tool.Path("old.html"), "--overwrite");

        Assert.Equal(Owner, File.GetUnixFileMode(tool.Path("shown.html")));
        Assert.Equal(Owner | UnixFileMode.GroupRead, File.GetUnixFileMode(tool.Path("old.html")));
        await tool.RunAsync("report", tool.Path("events.jsonl"), "-o", tool.Path("old.html"), "--overwrite", "--show-subjects");
        Assert.Equal(Owner, File.GetUnixFileMode(tool.Path("old.html")));
    }

    [Fact]
    public async Task A_link_stays_a_link_when_what_it_names_is_replaced()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege.");
        using var tool = await WithEventsAsync(SampleStream.Few);
        await File.WriteAllTextAsync(tool.Path("report.html"), "old", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(tool.Path("latest.html"), tool.Path("report.html"));

        await tool.RunAsync("report", tool.Path("events.jsonl"), "-o", tool.Path("latest.html"), "--overwrite");

        Assert.NotNull(File.ResolveLinkTarget(tool.Path("latest.html"), returnFinalTarget: false));
        Assert.StartsWith("<!DOCTYPE html>", await ReadAsync(tool, "report.html"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'FOLDER/report.txt' must end in .html or .md", "report.txt")]
    [InlineData("'-' must end in .html or .md, or --format must say", "-")]
    [InlineData("'FOLDER/old.html' exists already. Name a new file, or replace it with --overwrite.", "old.html")]
    [InlineData("is a folder", "folder.html", "--overwrite")]
    [InlineData("is one of the sources", "events.jsonl", "--format", "html", "--overwrite")]
    [InlineData("is one of the plans", "plan.json", "--format", "html", "--overwrite", "--plan", "plan.json")]
    [InlineData("could not be written", "old.html/report.html")]
    [InlineData("There is no experiment 'nonsense' in these events", "report.html", "-e", "nonsense")]
    [InlineData("are both plans of 'checkout'", "report.html", "--plan", "plan.json", "--plan", "plan.json")]
    [InlineData("The plan 'missing.json' cannot be read", "report.html", "--plan", "missing.json")]
    public async Task What_makes_no_sense_is_refused_and_nothing_is_written(string message, string target, params string[] options)
    {
        using var tool = await WithEventsAsync(SampleStream.Few);
        await File.WriteAllTextAsync(tool.Path("old.html"), "old", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(tool.Path("folder.html"));
        await File.WriteAllTextAsync(tool.Path("plan.json"), """{"experiment":"checkout","metric":"purchase","window":"00:01:00"}""", TestContext.Current.CancellationToken);

        var run = await tool.RunAsync(["report", tool.Path("events.jsonl"), "-o", target == "-" ? target : tool.Path(target), .. options.Select(option => option == "plan.json" ? tool.Path(option) : option)]);

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Equal("old", await ReadAsync(tool, "old.html"));
        Assert.Equal(SampleStream.Lines(SampleStream.Few), await File.ReadAllBytesAsync(tool.Path("events.jsonl"), TestContext.Current.CancellationToken));
        Assert.Equal(["events.jsonl", "folder.html", "old.html", "plan.json"], Directory.EnumerateFileSystemEntries(tool.Path("")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_report_that_is_canceled_leaves_the_old_one_and_nothing_else()
    {
        using var tool = await WithEventsAsync(SampleStream.Few);
        await File.WriteAllTextAsync(tool.Path("report.html"), "old", TestContext.Current.CancellationToken);
        using var cancellation = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => WholeTarget.WriteAsync(
            tool.Path("report.html"),
            replaces: true,
            TimeProvider.System,
            async temporary =>
            {
                await File.WriteAllTextAsync(temporary, "half of a report", CancellationToken.None);
                await cancellation.CancelAsync();
                return true;
            },
            cancellation.Token));

        Assert.Equal("old", await ReadAsync(tool, "report.html"));
        Assert.Equal(["events.jsonl", "report.html"], Directory.EnumerateFileSystemEntries(tool.Path("")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Ctrl_C_ends_it_with_130()
    {
        using var tool = await WithEventsAsync(SampleStream.Few);

        var run = await tool.RunAsync(new CancellationToken(canceled: true), "report", tool.Path("events.jsonl"), "-o", tool.Path("report.html"));

        Assert.Equal(130, run.Code);
        Assert.False(File.Exists(tool.Path("report.html")));
    }

    [Fact]
    public async Task A_plan_of_no_experiment_in_the_events_is_a_warning()
    {
        using var tool = await WithEventsAsync(SampleStream.Few);
        await File.WriteAllTextAsync(tool.Path("plan.json"), """{"experiment":"basket","metric":"purchase","window":"00:01:00"}""", TestContext.Current.CancellationToken);

        var run = await tool.RunAsync("report", tool.Path("events.jsonl"), "-o", tool.Path("report.html"), "--plan", tool.Path("plan.json"));

        Assert.Equal(0, run.Code);
        Assert.Contains("warning: --plan names a plan of 'basket', and there is no such experiment", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain-1.jsonl", "plain-1.jsonl")]
    [InlineData("two words", "'two words'")]
    [InlineData("it's", "'it'\\''s'")]
    [InlineData("$(rm -rf)", "'$(rm -rf)'")]
    [InlineData("a\nb'c\\", "$'a\\u000ab\\'c\\\\'")]
    [InlineData("", "''")]
    public void Arguments_of_commands_are_quoted_for_a_shell(string argument, string quoted) => Assert.Equal(quoted, ShellText.Quote(argument));

    private static async Task<ToolFixture> WithEventsAsync(IEnumerable<DataPlaneEnvelope> events)
    {
        var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(events));
        return tool;
    }

    private static Task<string> ReadAsync(ToolFixture tool, string name) => File.ReadAllTextAsync(tool.Path(name), TestContext.Current.CancellationToken);
}
