using ExperimentFramework.DataPlane.Tool.Tests.Streams;

namespace ExperimentFramework.DataPlane.Tool.Tests.Convert;

/// <summary>Which targets a conversion writes, and what it says of others.</summary>
public sealed class ConversionTargetTests
{
    [Theory]
    [InlineData("events.jsonl", "exists already")]
    [InlineData("events.csv", "must end in .jsonl")]
    [InlineData("events.parquet", "names that end in .parquet are those of files")]
    [InlineData("events.json", "must end in .jsonl")]
    [InlineData("events.jsonl.bz2", "must end in .jsonl")]
    [InlineData("events.2026.XZ", "names that end in .XZ are those of files")]
    [InlineData("events.jsonl.lz4", "must end in .jsonl")]
    [InlineData("events.jsonl.br", "must end in .jsonl")]
    [InlineData("events.json.br", "names that end in .br are those of files")]
    [InlineData("new.JSONL", "must end in .jsonl, .jsonl.gz or .jsonl.zst, in lower case, or be a folder for Parquet: names that end in .JSONL are those of files, and Parquet has a file for each kind of event.")]
    [InlineData("new.Jsonl.gz2.jsonLines", "must end in .jsonl")]
    [InlineData("new.jsonl.zstd", "must end in .jsonl")]
    [InlineData("new.jsonl.gzip", "must end in .jsonl")]
    [InlineData("new.parq", "must end in .jsonl")]
    [InlineData("new.avro/", "must end in .jsonl")]
    [InlineData("new.jsonl/", "ends like a folder, but its name is that of a file: remove the trailing /")]
    [InlineData("new/lost+found", "pass over lost+found, which is the file system's own. Name another folder.")]
    [InlineData("lost+found/new.jsonl", "pass over lost+found")]
    [InlineData("new.tmp", "pass over 'new.tmp': names that end in .tmp are those of unfinished files. Name another folder.")]
    [InlineData("new.tmp/events", "pass over 'new.tmp'")]
    [InlineData("new.tmp/new.jsonl", "pass over 'new.tmp'")]
    [InlineData("new.jsonl", "--partitioned is for Parquet", "--partitioned")]
    public async Task A_target_that_makes_no_sense_is_refused(string target, string message, params string[] options)
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(SampleStream.Few));

        var run = await tool.RunAsync(["convert", tool.Path("events.jsonl"), "-o", tool.Path(target), .. options]);

        Assert.Equal(2, run.Code);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Equal(["events.jsonl"], Directory.EnumerateFileSystemEntries(tool.Path("")).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("events.jsonl.converted")]
    [InlineData("host1.jsonl.2026")]
    public Task A_folder_may_be_named_after_the_file_that_it_was_converted_from(string target) => IsWrittenAsync(target);

    [Theory]
    [InlineData("new/")]
    [InlineData(".hidden")]
    [InlineData("tmp")]
    [InlineData("lost+found.2026")]
    public Task A_folder_may_have_a_name_that_only_resembles_one_that_is_refused(string target) => IsWrittenAsync(target);

    [Theory]
    [InlineData("shop.example.md")]
    [InlineData("loja.com.br")]
    [InlineData("shop.example.sql")]
    public Task A_folder_may_be_named_after_a_host(string target) => IsWrittenAsync(target);

    [Theory]
    [InlineData("work.tmp/../out", "out")]
    [InlineData("made.tmp/out", "made.tmp/out")]
    [InlineData("made.tmp/lost/out", "made.tmp/lost/out")]
    public Task Only_names_that_the_command_itself_creates_are_judged(string target, string folder) => IsWrittenAsync(target, folder, "made.tmp");

    private static async Task IsWrittenAsync(string target, string? folder = null, params string[] folders)
    {
        using var tool = new ToolFixture();
        await File.WriteAllBytesAsync(tool.Path("events.jsonl"), SampleStream.Lines(SampleStream.Few));
        foreach (var existing in folders)
        {
            Directory.CreateDirectory(tool.Path(existing));
        }

        var run = await tool.RunAsync("convert", tool.Path("events.jsonl"), "-o", tool.Path(target));

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.NotEmpty(Directory.EnumerateFiles(tool.Path(folder ?? target), "*.parquet", SearchOption.AllDirectories));
    }
}
