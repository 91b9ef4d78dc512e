using System.Text.Json;
using ExperimentFramework.DataPlane.Parquet;
using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Sources;

/// <summary>Sources that are missing, damaged, or something else: each is an error or a fault that names the file and what to do, and none is a crash.</summary>
public sealed class SourceTests
{
    private static readonly byte[] Lines = SampleStream.Lines(SampleStream.Few);

    [Fact]
    public Task A_file_that_is_missing() => IsErrorAsync("missing.jsonl", "There is no file and no folder", null);

    [Fact]
    public Task An_empty_file() => IsErrorAsync("empty.jsonl", "is empty: it has no events", _ => []);

    [Fact]
    public Task Text_that_is_no_event() => IsErrorAsync("foreign.jsonl", "Line 1 of 'FOLDER/foreign.jsonl' is not an event", _ => "Hello\n"u8.ToArray());

    [Fact]
    public Task Json_that_is_no_event() => IsErrorAsync("foreign.jsonl", "Line 1 of 'FOLDER/foreign.jsonl' is not an event", _ => "{\"level\":\"info\"}\n"u8.ToArray());

    [Fact]
    public Task Binary_content() => IsErrorAsync("picture.jsonl", "is neither JSON lines", _ => [0x89, 0x50, 0x4E, 0x47, 0, 0, 0, 13]);

    [Fact]
    public Task A_Parquet_file_that_was_cut() => IsErrorAsync("cut.parquet", "is not a whole Parquet file", parquet => parquet[..^100]);

    [Fact]
    public async Task A_folder_without_events_says_what_it_has_instead()
    {
        using var tool = new ToolFixture();
        Directory.CreateDirectory(tool.Path("folder"));
        var empty = await tool.RunAsync("inspect", tool.Path("folder"));
        await File.WriteAllTextAsync(tool.Path("folder/app.log"), "x");
        var other = await tool.RunAsync("inspect", tool.Path("folder"));

        Assert.Equal((2, 2), (empty.Code, other.Code));
        Assert.Contains("It is empty", empty.Error, StringComparison.Ordinal);
        Assert.Contains("such as 'app.log'", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_may_not_be_read()
    {
        if (OperatingSystem.IsWindows() || Environment.UserName == "root")
        {
            Assert.Skip("This user may read everything.");
            return;
        }

        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("secret.jsonl"), Lines);
        File.SetUnixFileMode(tool.Path("secret.jsonl"), UnixFileMode.None);

        var run = await tool.RunAsync("inspect", tool.Path("secret.jsonl"));

        Assert.Equal(2, run.Code);
        Assert.Contains("There is no permission to read", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x.jsonl.gz")]
    [InlineData("y.jsonl.zst")]
    [InlineData("exposures/z.parquet")]
    public async Task A_file_of_0_bytes_that_must_have_content_is_a_fault_beside_good_ones(string name)
    {
        using var tool = new ToolFixture();
        Directory.CreateDirectory(tool.Path("folder/exposures"));
        await File.WriteAllBytesAsync(tool.Path("folder/good.jsonl"), Lines);
        await File.WriteAllBytesAsync(tool.Path("folder/begun.jsonl"), []);
        await File.WriteAllBytesAsync(tool.Path("folder/" + name), []);

        var verify = await tool.RunAsync("verify", tool.Path("folder"));
        var convert = await tool.RunAsync("convert", tool.Path("folder"), "-o", tool.Path("archive"));
        var inspect = await tool.RunAsync("inspect", tool.Path("folder"));

        Assert.Equal((2, 2, 0), (verify.Code, convert.Code, inspect.Code));
        Assert.Contains($"warning: 'FOLDER/folder/{name}' has 0 bytes, which no whole file of its kind has. Remove it, or restore it from a backup.", inspect.Error, StringComparison.Ordinal);
        Assert.Contains("Unreadable  1", inspect.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("begun.jsonl", verify.Output + verify.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_conversion_that_is_running_or_was_killed_is_no_source()
    {
        using var tool = new ToolFixture();
        await ParquetEventFiles.WriteAsync(SampleStream.Few.ToAsyncEnumerable(), tool.Path("events/archive.1772366400000-17.tmp"), cancellationToken: TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(tool.Path("events/a.jsonl"), Lines);

        var run = await tool.RunAsync("inspect", tool.Path("events"));

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.DoesNotContain("delivered again", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_file_system_has_found_is_no_source()
    {
        using var tool = new ToolFixture();
        Directory.CreateDirectory(tool.Path("volume/lost+found"));
        await File.WriteAllBytesAsync(tool.Path("volume/a.jsonl"), Lines);
        await File.WriteAllTextAsync(tool.Path("volume/lost+found/damaged.jsonl"), "no event\n", TestContext.Current.CancellationToken);

        var run = await tool.RunAsync("verify", tool.Path("volume"));

        Assert.Equal((0, ""), (run.Code, run.Error));
    }

    [Fact]
    public async Task A_folder_below_a_source_that_may_not_be_looked_into_is_a_fault()
    {
        if (OperatingSystem.IsWindows() || Environment.UserName == "root")
        {
            Assert.Skip("This user may read everything.");
            return;
        }

        using var tool = new ToolFixture();
        Directory.CreateDirectory(tool.Path("volume/lost+found"));
        await File.WriteAllBytesAsync(tool.Path("volume/a.jsonl"), Lines);
        File.SetUnixFileMode(tool.Path("volume/lost+found"), UnixFileMode.None);
        var whole = await tool.RunAsync("verify", tool.Path("volume"));
        Directory.CreateDirectory(tool.Path("volume/private"));
        File.SetUnixFileMode(tool.Path("volume/private"), UnixFileMode.None);
        try
        {
            var inspect = await tool.RunAsync("inspect", tool.Path("volume"));

            Assert.Equal((0, ""), (whole.Code, whole.Error));
            Assert.Equal(2, (await tool.RunAsync("verify", tool.Path("volume"))).Code);
            Assert.Equal(0, inspect.Code);
            Assert.Equal("warning: There is no permission to look into the folder 'FOLDER/volume/private'. If it has events, run the command as a user that may read it.\n", inspect.Error);
        }
        finally
        {
            File.SetUnixFileMode(tool.Path("volume/private"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.SetUnixFileMode(tool.Path("volume/lost+found"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task What_a_file_holds_decides_and_not_its_name()
    {
        using var tool = new ToolFixture();
        await ParquetEventFiles.WriteAsync(SampleStream.Few.ToAsyncEnumerable(), tool.Path("parquet"), cancellationToken: TestContext.Current.CancellationToken);
        var parquet = Directory.EnumerateFiles(tool.Path("parquet"), "*.parquet", SearchOption.AllDirectories).First(path => path.Contains("exposures", StringComparison.Ordinal));
        File.Copy(parquet, tool.Path("exposures.jsonl"));
        await File.WriteAllBytesAsync(tool.Path("lines.parquet"), Lines);
        await File.WriteAllBytesAsync(tool.Path("compressed.jsonl"), SampleStream.Gzip(Lines));
        await File.WriteAllBytesAsync(tool.Path("plain.jsonl.zst"), Lines);

        foreach (var name in new[] { "exposures.jsonl", "lines.parquet", "compressed.jsonl", "plain.jsonl.zst" })
        {
            var run = await tool.RunAsync("inspect", tool.Path(name), "--json");
            Assert.Equal((0, ""), (run.Code, run.Error));
            Assert.Equal(3, JsonDocument.Parse(run.Output).RootElement.GetProperty("experiments").GetArrayLength());
        }
    }

    [Fact]
    public async Task A_named_pipe_is_read_to_its_end()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no mkfifo.");
        using var tool = new ToolFixture();
        using var made = System.Diagnostics.Process.Start("mkfifo", tool.Path("pipe"));
        await made.WaitForExitAsync(TestContext.Current.CancellationToken);

        var running = tool.RunAsync("verify", tool.Path("pipe"));
        await File.WriteAllBytesAsync(tool.Path("pipe"), Lines, TestContext.Current.CancellationToken);

        Assert.Equal(0, (await running).Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".gz")]
    [InlineData(".zst")]
    [InlineData(".parquet")]
    public async Task A_file_that_was_cut_anywhere_is_never_called_whole(string kind)
    {
        using var tool = new ToolFixture();
        var whole = await BytesAsync(tool, kind);
        var name = kind == ".parquet" ? "cut.parquet" : "cut.jsonl" + kind;
        for (var length = 0; length < whole.Length; length += 1_024)
        {
            await File.WriteAllBytesAsync(tool.Path(name), whole[..length]);
            var run = await tool.RunAsync("verify", tool.Path(name));
            Assert.True(run.Code is 1 or 2, $"{length} bytes: exit code {run.Code}. {run.Output}{run.Error}");
            Assert.NotEqual("", run.Output + run.Error);
            Assert.DoesNotContain("The command failed", run.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("Unhandled", run.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(".gz")]
    [InlineData(".zst")]
    [InlineData(".parquet")]
    public async Task A_flipped_bit_is_never_a_crash(string kind)
    {
        using var tool = new ToolFixture();
        var whole = await BytesAsync(tool, kind);
        var name = kind == ".parquet" ? "flipped.parquet" : "flipped.jsonl" + kind;
        var random = new Random(8);
        for (var round = 0; round < 100; round++)
        {
            var flipped = whole.ToArray();
            flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(tool.Path(name), flipped);
            var run = await tool.RunAsync("verify", tool.Path(name));
            Assert.InRange(run.Code, 0, 2);
            Assert.DoesNotContain("The command failed", run.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("Unhandled", run.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("inspect")]
    [InlineData("srm")]
    [InlineData("tail")]
    public async Task A_file_that_was_named_and_has_no_events_is_an_error_beside_others_too(string command)
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), Lines);
        await File.WriteAllTextAsync(tool.Path("foreign.jsonl"), "Hello\n", TestContext.Current.CancellationToken);

        var run = await tool.RunAsync(command, tool.Path("events.jsonl"), tool.Path("foreign.jsonl"));

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains("'FOLDER/foreign.jsonl' has no events.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_that_cannot_be_read_are_warned_of_and_the_others_are_counted()
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), [.. "nonsense\n"u8, .. Lines]);

        var run = await tool.RunAsync("inspect", tool.Path("events.jsonl"), "--json");

        Assert.Equal(0, run.Code);
        Assert.Contains("warning: Line 1 of 'FOLDER/events.jsonl' is not an event", run.Error, StringComparison.Ordinal);
        var answer = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal((1, SampleStream.Few.Count), (answer.GetProperty("unreadable").GetInt64(), answer.GetProperty("events").GetInt64()));
    }

    private static async Task<byte[]> BytesAsync(ToolFixture tool, string kind)
    {
        if (kind == ".parquet")
        {
            await ParquetEventFiles.WriteAsync(SampleStream.Few.ToAsyncEnumerable(), tool.Path("whole"), cancellationToken: TestContext.Current.CancellationToken);
            return await File.ReadAllBytesAsync(Directory.EnumerateFiles(tool.Path("whole/exposures")).Single());
        }

        return kind switch { ".gz" => SampleStream.Gzip(Lines), ".zst" => SampleStream.Zstd(Lines), _ => Lines };
    }

    private static async Task IsErrorAsync(string name, string message, Func<byte[], byte[]>? content)
    {
        using var tool = new ToolFixture();
        if (content is not null)
        {
            await File.WriteAllBytesAsync(tool.Path(name), content(await BytesAsync(tool, ".parquet")));
        }

        foreach (var command in new[] { "inspect", "srm" })
        {
            var run = await tool.RunAsync(command, tool.Path(name));
            Assert.Equal(2, run.Code);
            Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
            Assert.Contains(message, run.Error, StringComparison.Ordinal);
            Assert.Contains(name, run.Error, StringComparison.Ordinal);
            Assert.Equal("", run.Output);
        }
    }
}
