using System.Text.Json;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Sources;

/// <summary>Links whose target is not there, such as a folder that is not mounted.</summary>
public sealed class LinkToNothingTests
{
    [Theory]
    [InlineData("other.jsonl")]
    [InlineData("other.jsonl.gz")]
    [InlineData("other.parquet")]
    [InlineData("host2")]
    [InlineData("host2.2026")]
    public async Task Below_a_folder_it_is_named_in_a_warning_and_the_rest_is_read(string name)
    {
        using var tool = new ToolFixture();
        await WithEventsAsync(tool);
        var whole = await tool.RunAsync("verify", tool.Path("events"));
        File.CreateSymbolicLink(tool.Path("events/" + name), "../gone");

        var warning = $"warning: 'FOLDER/events/{name}' is a link to '../gone', which does not exist. If it has events, mount or restore it; otherwise, remove the link.\n";
        var verify = await tool.RunAsync("verify", tool.Path("events"));
        var srm = await tool.RunAsync("srm", tool.Path("events"), "-e", "checkout");
        var inspect = await tool.RunAsync("inspect", tool.Path("events"), "--json");

        Assert.Equal((0, 2, 0, 0), (whole.Code, verify.Code, srm.Code, inspect.Code));
        Assert.Contains(name, verify.Output, StringComparison.Ordinal);
        Assert.Equal((warning, warning), (srm.Error, inspect.Error));
        Assert.Equal(3, JsonDocument.Parse(inspect.Output).RootElement.GetProperty("experiments").GetArrayLength());
    }

    [Fact]
    public async Task One_in_a_circle_is_named_too_and_one_to_something_is_no_fault()
    {
        using var tool = new ToolFixture();
        await WithEventsAsync(tool);
        Directory.CreateDirectory(tool.Path("host2"));
        File.CreateSymbolicLink(tool.Path("events/host2"), "../host2");
        File.CreateSymbolicLink(tool.Path("events/latest"), "a.jsonl");
        File.CreateSymbolicLink(tool.Path("events/begun.tmp"), "gone");
        var whole = await tool.RunAsync("inspect", tool.Path("events"));
        File.CreateSymbolicLink(tool.Path("events/circle"), "circle");

        var run = await tool.RunAsync("inspect", tool.Path("events"));

        Assert.Equal((0, ""), (whole.Code, whole.Error));
        Assert.Equal(0, run.Code);
        Assert.StartsWith("warning: 'FOLDER/events/circle' ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("events/other.jsonl")]
    [InlineData("events")]
    public async Task If_there_is_nothing_else_it_is_an_error(string source)
    {
        using var tool = new ToolFixture();
        Directory.CreateDirectory(tool.Path("events"));
        File.CreateSymbolicLink(tool.Path("events/other.jsonl"), "gone.jsonl");

        var run = await tool.RunAsync("inspect", tool.Path(source));

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains("'FOLDER/events/other.jsonl' is a link to 'gone.jsonl', which does not exist.", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("deleted", run.Error, StringComparison.Ordinal);
    }

    private static async Task WithEventsAsync(ToolFixture tool)
    {
        Directory.CreateDirectory(tool.Path("events"));
        await File.WriteAllBytesAsync(tool.Path("events/a.jsonl"), SampleStream.Lines(SampleStream.Few));
    }
}
