using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Sources;

/// <summary>A source of which nothing can be read is an error whatever asks for it: an answer about nothing would look like a good one.</summary>
public sealed class NothingReadableTests : IDisposable
{
    public static readonly TheoryData<string[]> Commands = new([["srm"], ["inspect"], ["report", "-o", "REPORT"], ["tail"], ["readout", "-e", "checkout"], ["srm", "-e", "checkout"], ["report", "-o", "REPORT", "-e", "checkout"]]);

    private readonly ToolFixture _tool = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _tool.Dispose();

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_folder_with_nothing_but_what_is_damaged(string[] command)
    {
        Directory.CreateDirectory(_tool.Path("folder"));
        await File.WriteAllTextAsync(_tool.Path("folder/a.jsonl"), "Hello\n", Token);
        await File.WriteAllTextAsync(_tool.Path("folder/b.parquet"), "PAR1", Token);

        var run = await RunAsync(command);

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.StartsWith("error: Nothing in the folder 'FOLDER/folder' could be read. Line 1 of 'FOLDER/folder/a.jsonl' is not an event", run.Error, StringComparison.Ordinal);
        Assert.EndsWith(" 1 more part could not be read: dataplane verify lists them.\n", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_folder_with_nothing_but_what_is_empty(string[] command)
    {
        Directory.CreateDirectory(_tool.Path("folder"));
        await File.WriteAllTextAsync(_tool.Path("folder/a.jsonl"), "", Token);

        var run = await RunAsync(command);

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Equal("error: The files in the folder 'FOLDER/folder' are empty: it has no events. Was another folder meant, or has its writer ended before the first event?\n", run.Error);
    }

    [Fact]
    public async Task A_folder_in_which_a_journal_was_just_begun_is_no_mistake()
    {
        Directory.CreateDirectory(_tool.Path("folder"));
        await File.WriteAllTextAsync(_tool.Path("folder/a.jsonl.open"), "", Token);

        var run = await RunAsync("srm");

        Assert.Equal((0, ""), (run.Code, run.Error));
    }

    [Theory]
    [InlineData("srm", "-e", "checkout")]
    [InlineData("readout", "-e", "checkout")]
    [InlineData("report", "-o", "REPORT", "-e", "checkout")]
    public async Task An_experiment_that_is_not_found_is_an_error_after_what_could_not_be_read(params string[] command)
    {
        Directory.CreateDirectory(_tool.Path("folder"));
        await File.WriteAllTextAsync(_tool.Path("folder/a.jsonl"), "Hello\n", Token);
        await File.WriteAllBytesAsync(_tool.Path("folder/b.jsonl"), SampleStream.Lines(SampleStream.Few.Where(envelope => envelope.Payload.ExperimentName == "search")), Token);

        var run = await RunAsync(command);

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.StartsWith("warning: Line 1 of 'FOLDER/folder/a.jsonl' is not an event", run.Error, StringComparison.Ordinal);
        Assert.EndsWith("error: There is no experiment 'checkout' in these events: dataplane inspect lists those there are.\n", run.Error, StringComparison.Ordinal);
    }

    private Task<ToolRun> RunAsync(params string[] command) =>
        _tool.RunAsync([command[0], _tool.Path("folder"), .. command.Skip(1).Select(argument => argument == "REPORT" ? _tool.Path("report.html") : argument)]);
}
