using System.Globalization;
using DuckDB.NET.Data;
using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.Logging.Abstractions;

namespace ExperimentFramework.DataPlane.Parquet.Tests;

/// <summary>Converting the events of very many experiments needs few open files and bounded memory; with <c>DATAPLANE_STRESS_SECONDS</c> set, of a million.</summary>
/// <remarks>Partitioned, each experiment has a file of its own that is flushed to the disk, which takes hours for a million; a tenth of them needs as much memory and as many open files.</remarks>
public sealed class ManyExperimentsTests : IDisposable
{
    private const string Name = "20260301T120000.0000000Z-0123456789abcdef0123456789abcdef";

    /// <summary>What a conversion may add to the memory of the process, whatever the number of experiments.</summary>
    private const long MaxResidentBytes = 512L * 1024 * 1024;

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("DATAPLANE_STRESS_SECONDS") is not null;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = 3_600_000)]
    [InlineData(FileLayout.Flat, 1_000, 1_000_000)]
    [InlineData(FileLayout.Partitioned, 200, 100_000)]
    public async Task Very_many_experiments_need_few_open_files_and_little_memory(FileLayout layout, int quick, int full)
    {
        var token = TestContext.Current.CancellationToken;
        var count = IsLong ? full : quick;
        var journal = Path.Combine(Directory.CreateDirectory(_folder.File("lines")).FullName, Name + ".jsonl");
        await using (var lines = new StreamWriter(journal))
        {
            for (var number = 0; number < count; number++)
            {
                await lines.WriteAsync(DataPlaneJson.Serialize(SampleEvents.Envelope(SampleEvents.Exposure with { ExperimentName = string.Create(CultureInfo.InvariantCulture, $"experiment {number}") })) + "\n");
            }
        }

        GC.Collect();
        var resident = Resident();
        var (most, bytes) = (0, 0L);
        using var none = new RecentRows(new Dictionary<string, ParquetAttributeType>());
        var converting = Task.Run(
            async () => await new ParquetConverter(_folder.File("tables"), new ParquetDataBackplaneOptions { Layout = layout }, none, NullLogger.Instance).ConvertAsync(journal, token), token);
        while (!converting.IsCompleted)
        {
            most = Math.Max(most, OpenFiles.CountIn(_folder.Path));
            bytes = Math.Max(bytes, Resident() - resident);
            await Task.WhenAny(converting, Task.Delay(IsLong ? 100 : 1, token));
        }

        await converting;
        TestContext.Current.TestOutputHelper?.WriteLine($"{count:N0} experiments, {layout}: {most} more files open and {bytes >> 20} MiB more resident at most.");
        Assert.InRange(most, 0, 50);
        if (IsLong)
        {
            // Other tests run beside the quick one.
            Assert.InRange(bytes, 0, MaxResidentBytes);
        }

        Assert.Equal(count, layout == FileLayout.Partitioned ? Directory.EnumerateDirectories(_folder.File("tables/exposures")).Count() : CountWithSql());
    }

    private int CountWithSql()
    {
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"select count(distinct experiment) from read_parquet('{_folder.File("tables/exposures")}/*.parquet')";
        return Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static long Resident()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
