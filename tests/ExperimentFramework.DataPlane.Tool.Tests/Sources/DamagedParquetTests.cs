using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ExperimentFramework.DataPlane.Parquet;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;
using ParquetSharp;

namespace ExperimentFramework.DataPlane.Tool.Tests.Sources;

/// <summary>Parquet files that are damaged, or something else, through every command that reads events: each is an error that names the file and what to do, and nothing is half-written.</summary>
public sealed class DamagedParquetTests : IDisposable
{
    private const int CutEvery = 1_024;
    private const string Source = "damaged.parquet";

    public static readonly TheoryData<string[]> Commands = new(
    [
        ["inspect"], ["verify"], ["srm"], ["readout", "-e", "checkout"], ["report", "-o", "report.html"], ["serve", "--urls", "URL"], ["tail"], ["convert", "-o", "target.jsonl"],
    ]);

    /// <summary>How long a command may take.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly int Flips = int.Parse(Environment.GetEnvironmentVariable("DATAPLANE_FLIPS") ?? "20", CultureInfo.InvariantCulture);

    private readonly ToolFixture _tool = new();

    /// <summary>A port that is in use: what could be read is not served for ever.</summary>
    private readonly TcpListener _used = new(IPAddress.Loopback, 0);

    public DamagedParquetTests() => _used.Start();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IEnumerable<string> Written => Directory.EnumerateFileSystemEntries(_tool.Path("")).Select(path => Path.GetFileName(path)).Where(name => name != Source);

    public void Dispose()
    {
        _used.Dispose();
        _tool.Dispose();
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_file_that_was_cut_anywhere_is_an_error_that_says_what_to_do(string[] command)
    {
        var whole = await WholeAsync();
        for (var length = CutEvery; length < whole.Length; length += CutEvery)
        {
            await IsErrorAsync(command, whole[..length], "is not a whole Parquet file", "Remove it, or restore it from a backup.");
        }

        await IsErrorAsync(command, whole[..^1], "is not a whole Parquet file", "Remove it, or restore it from a backup.");
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_file_of_something_else_is_an_error_that_says_what_to_do(string[] command)
    {
        await IsErrorAsync(command, "Hello\n"u8.ToArray(), "Line 1 of", "is not an event");
        await IsErrorAsync(command, [0x89, 0x50, 0x4E, 0x47, 0, 0, 0, 13], "is neither JSON lines", "Name files that a destination wrote.");
        await IsErrorAsync(command, Foreign(), "was not written by this package", "Read it with another tool.");
        if (command[0] != "verify")
        {
            await IsErrorAsync(command, [], "has 0 bytes", "Remove it, or restore it from a backup.");
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_flipped_bit_is_no_crash_and_leaves_nothing_half_written(string[] command)
    {
        var whole = await WholeAsync();
        var random = new Random(24);
        for (var round = 0; round < Flips; round++)
        {
            // Half of them in the footer, which says where everything is.
            var bytes = whole.ToArray();
            bytes[random.Next(round % 2 == 0 ? 0 : bytes.Length * 3 / 4, bytes.Length)] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(_tool.Path(Source), bytes, Token);

            var run = await RunAsync(command, Source);

            Assert.InRange(run.Code, 0, 2);
            Assert.DoesNotContain("The command failed", run.Error, StringComparison.Ordinal);
            Assert.Equal(run.Error.StartsWith("error: ", StringComparison.Ordinal) ? [] : Targets(command), Written);
            foreach (var target in Targets(command).Select(_tool.Path))
            {
                File.Delete(target);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_folder_with_the_name_of_a_file_is_an_error_that_says_what_to_do(string[] command)
    {
        Directory.CreateDirectory(_tool.Path(Source));

        var run = await RunAsync(command, Source);

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.StartsWith("error: The folder 'FOLDER/damaged.parquet' has no events", run.Error, StringComparison.Ordinal);
        Assert.EndsWith("It is empty: was another folder meant?\n", run.Error, StringComparison.Ordinal);
        Assert.Empty(Written);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_pipe_is_an_error_that_says_what_to_do(string[] command)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no mkfifo.");
        var whole = await WholeAsync();
        using var made = Process.Start("mkfifo", _tool.Path(Source));
        await made.WaitForExitAsync(Token);

        var running = RunAsync(command, Source);
        await File.WriteAllBytesAsync(_tool.Path(Source), whole, Token).WaitAsync(Limit, Token);

        AssertError(command, await running, "is Parquet, which cannot be read from a pipe", "Write it to a file, and name that.");
    }

    [Fact]
    public async Task Verify_reports_a_damaged_file_and_goes_on_with_the_others()
    {
        var whole = await WholeAsync();
        await File.WriteAllBytesAsync(_tool.Path("a.parquet"), whole[..CutEvery], Token);
        await File.WriteAllBytesAsync(_tool.Path("b.parquet"), whole, Token);

        var run = await _tool.RunAsync("verify", _tool.Path("a.parquet"), _tool.Path("b.parquet"));

        Assert.Equal(2, run.Code);
        Assert.Contains("FOLDER/a.parquet is not a whole Parquet file", run.Output, StringComparison.Ordinal);
        Assert.Contains(SampleStream.FirstProducer, run.Output, StringComparison.Ordinal);
    }

    private static string[] Targets(string[] command) => [.. command.Skip(1).Where(static argument => argument.Contains('.', StringComparison.Ordinal))];

    private static void AssertError(string[] command, ToolRun run, string reason, string remedy)
    {
        Assert.Equal(2, run.Code);
        var message = command[0] == "verify" ? run.Output : run.Error;
        Assert.Contains(Source, message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Contains(remedy, message, StringComparison.Ordinal);
        if (command[0] != "verify")
        {
            Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
            Assert.Equal("", run.Output);
        }
    }

    private async Task IsErrorAsync(string[] command, byte[] content, string reason, string remedy)
    {
        await File.WriteAllBytesAsync(_tool.Path(Source), content, Token);
        AssertError(command, await RunAsync(command, Source), reason, remedy);
        Assert.Empty(Written);
    }

    private Task<ToolRun> RunAsync(string[] command, string source) => _tool.RunAsync(
        [
            command[0], _tool.Path(source),
            .. command.Skip(1).Select(argument => argument == "URL" ? $"http://{_used.LocalEndpoint}" : argument.Contains('.', StringComparison.Ordinal) ? _tool.Path(argument) : argument),
        ]).WaitAsync(Limit, Token);

    private static async Task<byte[]> WholeAsync()
    {
        using var tool = new ToolFixture();
        await ParquetEventFiles.WriteAsync(SampleStream.Few.ToAsyncEnumerable(), tool.Path("whole"), cancellationToken: Token);
        return await File.ReadAllBytesAsync(Directory.EnumerateFiles(tool.Path("whole/exposures")).Single(), Token);
    }

    /// <summary>A table of another program.</summary>
    private static byte[] Foreign()
    {
        using var tool = new ToolFixture();
        using (var file = new ParquetFileWriter(tool.Path("foreign.parquet"), [new Column<int>("a")]))
        {
            using var group = file.AppendRowGroup();
            using var column = group.NextColumn().LogicalWriter<int>();
            column.WriteBatch([1, 2, 3]);
            file.Close();
        }

        return File.ReadAllBytes(tool.Path("foreign.parquet"));
    }
}
