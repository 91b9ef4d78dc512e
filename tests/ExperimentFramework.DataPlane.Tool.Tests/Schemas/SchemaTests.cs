using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Schemas;

/// <summary>The JSON of each command is what its schema says, and has nothing that its schema does not say.</summary>
public sealed class SchemaTests
{
    [Theory]
    [InlineData("inspect")]
    [InlineData("verify", "--accept-running")]
    [InlineData("srm", "--segment", "country")]
    [InlineData("readout", "--experiment", "checkout")]
    [InlineData("readout", "--experiment", "search")]
    public async Task Answers_about_events_are_valid(string command, params string[] options)
    {
        using var tool = new ToolFixture();
        var text = System.Text.Encoding.UTF8.GetString(SampleStream.Lines(SampleStream.All)).Replace("\"selectionReason\":", "\"colour\":1,\"selectionReason\":", StringComparison.Ordinal);
        await File.WriteAllTextAsync(tool.Path("events.jsonl"), "nonsense\n" + text, TestContext.Current.CancellationToken);

        await AnswerSchema.RequireAsync(command, await tool.RunAsync([command, tool.Path("events.jsonl"), "--json", .. options]));
    }

    [Fact]
    public async Task An_answer_about_a_conversion_is_valid()
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(SampleStream.Few));

        await AnswerSchema.RequireAsync("convert", await tool.RunAsync("convert", tool.Path("events.jsonl"), "-o", tool.Path("new.jsonl"), "--json"));
    }

    [Fact]
    public async Task An_answer_about_a_report_is_valid()
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(SampleStream.All));

        await AnswerSchema.RequireAsync("report", await tool.RunAsync("report", tool.Path("events.jsonl"), "-o", tool.Path("report.html"), "--json"));
    }

    [Theory]
    [InlineData("--effect", "0.1")]
    [InlineData("--subjects", "5000")]
    [InlineData("--subjects", "5000", "--effect", "0.1", "--sd", "2")]
    public async Task Answers_about_power_are_valid(params string[] options)
    {
        using var tool = new ToolFixture();

        await AnswerSchema.RequireAsync("power", await tool.RunAsync(["power", "--baseline", "0.1", "--json", .. options]));
    }

    [Fact]
    public async Task An_answer_about_a_plan_is_valid()
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(SampleStream.All));
        await File.WriteAllTextAsync(tool.Path("plan.json"), """{"experiment":"checkout","metric":"purchase","window":"7.00:00:00","baseline":0.1,"minimumEffect":0.1}""", TestContext.Current.CancellationToken);

        await AnswerSchema.RequireAsync("plan", await tool.RunAsync("plan", tool.Path("plan.json"), "--weights", "checkout:control=1,b=1", "--traffic", tool.Path("events.jsonl"), "--json"));
    }
}
