using ExperimentFramework.DataPlane.Parquet;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Terminal;

/// <summary>What happens when the answer cannot be written: each has the exit code of the page, and never that of a finding.</summary>
public sealed class OutputTests
{
    private const string Plan = """{"experiment":"checkout","metric":"purchase","window":"00:01:00","baseline":0.1,"minimumEffect":0.1}""";

    [Theory]
    [InlineData("inspect events.jsonl")]
    [InlineData("inspect events.jsonl --json")]
    [InlineData("verify events.jsonl")]
    [InlineData("srm events.jsonl")]
    [InlineData("readout events.jsonl -e checkout")]
    [InlineData("tail events.jsonl")]
    [InlineData("tail events.jsonl --json")]
    [InlineData("power --baseline 0.1 --effect 0.05")]
    [InlineData("plan plan.json")]
    [InlineData("compute --list")]
    [InlineData("compute calculations.jsonl")]
    [InlineData("--help")]
    public async Task A_reader_that_closes_the_pipe_is_no_error_and_no_finding(string command)
    {
        using var tool = await WithFilesAsync();

        // The reader has ended before anything is written.
        var run = await ToolProcess.BashAsync($"cd \"$1\"; exec 3> >(true); wait $!; dataplane {command} >&3", tool.Path(""));

        Assert.Equal((141, ""), (run.Code, run.Error));
    }

    [Theory]
    [InlineData("inspect events.jsonl")]
    [InlineData("inspect events.jsonl --json")]
    [InlineData("tail events.jsonl")]
    [InlineData("tail events.jsonl --json")]
    [InlineData("compute --list")]
    public async Task A_disk_that_is_full_is_an_error(string command)
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full.");
        using var tool = await WithFilesAsync();

        var run = await ToolProcess.BashAsync($"cd \"$1\"; dataplane {command} > /dev/full", tool.Path(""));

        Assert.Equal(2, run.Code);
        Assert.StartsWith("error: The output could not be written: No space left on device", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task What_several_commands_write_into_one_file_is_all_there()
    {
        using var tool = await WithFilesAsync();

        var run = await ToolProcess.BashAsync("cd \"$1\"; { dataplane inspect events.jsonl; dataplane inspect events.jsonl --json; echo end; } > answers", tool.Path(""));

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Matches("(?s)^Files .*\n\\{.*\n\\}\nend\n$", await File.ReadAllTextAsync(tool.Path("answers"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("dataplane inspect <(cat \"$1\")")]
    [InlineData("cat \"$1\" | dataplane inspect -")]
    [InlineData("mkfifo \"$1.pipe\"; cat \"$1\" > \"$1.pipe\" & dataplane inspect \"$1.pipe\"")]
    public async Task Parquet_from_a_pipe_is_an_error_that_says_what_to_do(string script)
    {
        using var tool = new ToolFixture();
        await ParquetEventFiles.WriteAsync(SampleStream.Few.ToAsyncEnumerable(), tool.Path("parquet"), cancellationToken: TestContext.Current.CancellationToken);

        var run = await ToolProcess.BashAsync(script, Directory.EnumerateFiles(tool.Path("parquet/exposures")).Single());

        Assert.Equal(2, run.Code);
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("is Parquet, which cannot be read from a pipe. Write it to a file", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INT", "target.jsonl.gz")]
    [InlineData("TERM", "target.jsonl")]
    [InlineData("HUP", "target.jsonl.zst")]
    [InlineData("HUP", "target.jsonl", 2)]
    public async Task A_conversion_that_is_ended_while_it_waits_for_its_source_leaves_nothing(string signal, string target, int times = 1)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no kill.");
        using var tool = new ToolFixture();
        using var process = ToolProcess.Start("convert", "-", "-o", tool.Path(target));
        await process.StandardInput.BaseStream.WriteAsync(SampleStream.Lines(SampleStream.Few.Take(2)), TestContext.Current.CancellationToken);
        await process.StandardInput.BaseStream.FlushAsync(TestContext.Current.CancellationToken);
        await Eventually.Holds(() => Directory.EnumerateFileSystemEntries(tool.Path("")).Any(), () => Task.Delay(10, TestContext.Current.CancellationToken));

        var id = process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await ToolProcess.BashAsync(string.Join("; ", Enumerable.Repeat($"kill -{signal} {id}", times)));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(130, process.ExitCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(tool.Path("")));
    }

    [Fact]
    public async Task Calculations_that_wait_for_a_terminal_end_with_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no kill.");
        using var process = ToolProcess.Start("compute");
        await process.StandardInput.WriteLineAsync("""{"id":1,"kind":"chi2","inputs":{"counts":[1,2],"weights":[1,1]}}""");
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));

        using var kill = System.Diagnostics.Process.Start("kill", ["-INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal((130, ""), (process.ExitCode, await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)));
    }

    private static async Task<ToolFixture> WithFilesAsync()
    {
        var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(SampleStream.Few));
        await File.WriteAllTextAsync(tool.Path("plan.json"), Plan);
        await File.WriteAllTextAsync(tool.Path("calculations.jsonl"), """{"id":1,"kind":"chi2","inputs":{"counts":[1,2],"weights":[1,1]}}""");
        return tool;
    }
}
