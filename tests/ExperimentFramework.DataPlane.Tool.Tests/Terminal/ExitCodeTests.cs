using System.Text;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Terminal;

/// <summary>What no event and no option should be able to do: end the command by an exception.</summary>
public sealed class ExitCodeTests
{
    [Fact]
    public async Task An_id_with_a_time_that_does_not_exist_is_an_id_without_one()
    {
        var run = await VerifyAsync(SampleStream.Few[0] with { EventId = Guid.Parse("ffffffff-ffff-7fff-bfff-ffffffffffff") });

        Assert.Equal((1, ""), (run.Code, run.Error));
        Assert.Contains("incomplete: nothing is known to be missing", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accounts_of_more_events_than_can_be_counted_are_incomplete()
    {
        var account = SampleStream.Few.First(envelope => envelope.Payload is AccountingEvent);
        var payload = (AccountingEvent)account.Payload;
        var most = new AccountedEvents { ExperimentName = "checkout", VariantKey = "", EventType = "Exposure", Count = long.MaxValue };
        var run = await VerifyAsync(account with { Payload = payload with { Published = [most, most with { EventType = "Outcome" }, most with { VariantKey = "b" }], Drops = [] } });

        Assert.Equal((1, ""), (run.Code, run.Error));
        Assert.Contains("incomplete: 9,223,372,036,854,775,807 events are missing", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plan", "{\"experiment\":\"a\",\"experiment\":\"b\"}", "has the setting 'experiment' twice")]
    [InlineData("plan", "{\"experiment\":null}", "The setting 'experiment' must be a text or a number; it is null: leave it out.")]
    [InlineData("compute", null, "cannot be read")]
    public async Task A_file_that_is_wrong_is_an_error_that_names_what_is(string command, string? content, string message)
    {
        using var tool = new ToolFixture();
        if (content is not null)
        {
            await File.WriteAllTextAsync(tool.Path("file.json"), content, TestContext.Current.CancellationToken);
        }

        var run = await tool.RunAsync(command, tool.Path("file.json"));

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Contains("FOLDER/file.json", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("--output is empty: name a file.", "convert", "EVENTS", "-o", "")]
    [InlineData("--output is empty: name a file.", "report", "EVENTS", "-o", "", "--format", "html")]
    [InlineData("The name of the plan is empty: name a file.", "plan", "")]
    [InlineData("The name of the plan is empty: name a file.", "report", "EVENTS", "-o", "report.html", "--plan", "")]
    [InlineData("The name of the file of calculations is empty: name a file.", "compute", "")]
    [InlineData("--output is no path: ", "convert", "EVENTS", "-o", "a\0b")]
    [InlineData("convert writes files, which are whole or not there, and not to standard output", "convert", "EVENTS", "-o", "-")]
    [InlineData("'report.md' is named as markdown, and --format says html: leave --format out, or name another file.", "report", "EVENTS", "-o", "report.md", "--format", "html")]
    [InlineData("--weights has the weights of 'a' twice: leave one of them out.", "srm", "EVENTS", "--weights", "a:x=1,y=1", "--weights", "a:x=9,y=1")]
    [InlineData("--list shows the kinds of calculations, and reads none: leave out --list or the file.", "compute", "EVENTS", "--list")]
    public async Task An_argument_that_makes_no_sense_is_an_error_that_says_so(string message, params string[] arguments)
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(SampleStream.Few), TestContext.Current.CancellationToken);

        var run = await tool.RunAsync([.. arguments.Select(argument => argument == "EVENTS" ? tool.Path("events.jsonl") : argument)]);

        Assert.Equal(2, run.Code);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("The command failed", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calculations_come_from_standard_input_if_the_file_is_a_hyphen()
    {
        using var tool = new ToolFixture { Input = """{"id":1,"kind":"chi2","inputs":{"counts":[1,2],"weights":[1,1]}}"""u8.ToArray() };

        var run = await tool.RunAsync("compute", "-");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.StartsWith("{\"id\":1", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_is_no_file_of_calculations()
    {
        using var tool = new ToolFixture();

        var run = await tool.RunAsync("compute", tool.Path(""));

        Assert.Equal(2, run.Code);
        Assert.StartsWith("error: The calculations in ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_may_begin_with_a_byte_order_mark()
    {
        using var tool = new ToolFixture();
        await File.WriteAllTextAsync(tool.Path("plan.json"), """{"experiment":"checkout","metric":"purchase","window":"7.00:00:00"}""", new UTF8Encoding(true), TestContext.Current.CancellationToken);

        var run = await tool.RunAsync("plan", tool.Path("plan.json"));

        Assert.Equal((0, ""), (run.Code, run.Error));
    }

    private static async Task<ToolRun> VerifyAsync(params DataPlaneEnvelope[] events)
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(events), TestContext.Current.CancellationToken);
        return await tool.RunAsync("verify", tool.Path("events.jsonl"));
    }
}
