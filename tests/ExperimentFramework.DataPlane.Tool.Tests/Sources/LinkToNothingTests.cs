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

        var warning = $"warning: 'FOLDER/events/{name}' is a link to 'FOLDER/gone', which does not exist. If it has events, mount or restore it; otherwise, remove the link.\n";
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
        Assert.Equal("warning: 'FOLDER/events/circle' is a link that leads back to itself. Remove the link, or let it lead to the events.\n", run.Error);
    }

    [Theory]
    [InlineData("../README")]
    [InlineData("../a.jsonl")]
    [InlineData("sub/../../README")]
    public async Task A_relative_link_inside_a_linked_folder_leads_to_where_that_folder_really_is(string target)
    {
        using var tool = new ToolFixture();
        await WithEventsAsync(tool);
        Directory.CreateDirectory(tool.Path("volume/host2"));
        Directory.CreateDirectory(tool.Path("volume/other/deep"));
        await File.WriteAllTextAsync(tool.Path("volume/README"), "Hello\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(tool.Path("volume/a.jsonl"), "Hello\n", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(tool.Path("volume/host2/sub"), "../other/deep");
        File.CreateSymbolicLink(tool.Path("volume/host2/latest"), target);
        File.CreateSymbolicLink(tool.Path("events/host2"), tool.Path("volume/host2"));

        var run = await tool.RunAsync("verify", tool.Path("events"));

        Assert.Equal((0, ""), (run.Code, run.Error));
    }

    [Fact]
    public async Task Of_links_behind_each_other_the_last_target_is_named()
    {
        using var tool = new ToolFixture();
        await WithEventsAsync(tool);
        Directory.CreateDirectory(tool.Path("links"));
        File.CreateSymbolicLink(tool.Path("links/next"), "gone");
        File.CreateSymbolicLink(tool.Path("events/first"), "../links/next");

        var run = await tool.RunAsync("inspect", tool.Path("events"));

        Assert.Equal("warning: 'FOLDER/events/first' is a link to 'FOLDER/links/gone', which does not exist. If it has events, mount or restore it; otherwise, remove the link.\n", run.Error);
    }

    [Theory]
    [InlineData(".#README.md")]
    [InlineData(".#a.jsonl")]
    [InlineData("lost+found")]
    public async Task One_that_no_one_meant_as_a_source_is_passed_over(string name)
    {
        using var tool = new ToolFixture();
        await WithEventsAsync(tool);
        File.CreateSymbolicLink(tool.Path("events/" + name), "me@host.123:1700000000");

        var verify = await tool.RunAsync("verify", tool.Path("events"));
        var convert = await tool.RunAsync("convert", tool.Path("events"), "-o", tool.Path("all.jsonl"));

        Assert.Equal((0, 0, "", ""), (verify.Code, convert.Code, verify.Error, convert.Error));
    }

    [Fact]
    public async Task Convert_writes_the_rest_and_its_exit_code_says_that_something_is_missing()
    {
        using var tool = new ToolFixture();
        await WithEventsAsync(tool);
        File.CreateSymbolicLink(tool.Path("events/host2"), "../gone");

        var run = await tool.RunAsync("convert", tool.Path("events"), "-o", tool.Path("all.jsonl"));

        Assert.Equal(2, run.Code);
        Assert.StartsWith("warning: 'FOLDER/events/host2' is a link to 'FOLDER/gone', which does not exist.", run.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(tool.Path("all.jsonl")));
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
        Assert.Contains("'FOLDER/events/other.jsonl' is a link to 'FOLDER/events/gone.jsonl', which does not exist.", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("deleted", run.Error, StringComparison.Ordinal);
    }

    private static async Task WithEventsAsync(ToolFixture tool)
    {
        Directory.CreateDirectory(tool.Path("events"));
        await File.WriteAllBytesAsync(tool.Path("events/a.jsonl"), SampleStream.Lines(SampleStream.Few));
    }
}
