using System.Diagnostics;
using System.Text.Json;
using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Parquet.Tests;

/// <summary>That hyparquet, a reader in another language, finds what was written.</summary>
public sealed class JavaScriptReaderTests : IDisposable
{
    private const string Program = """
        import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
        import { compressors } from 'hyparquet-compressors';

        const rows = await parquetReadObjects({ file: await asyncBufferFromFile(process.argv[2]), compressors });
        for (const row of rows) {
            console.log(JSON.stringify(row, (_, value) => typeof value === 'bigint' ? value.toString() : value));
        }
        """;

    private static readonly string[] Packages = ["hyparquet@1.31.5", "hyparquet-compressors@1.1.2"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_kind_of_column_is_read_alike()
    {
        await InstallAsync();
        var exposure = SampleEvents.Envelope(SampleEvents.Exposure);
        var bare = SampleEvents.Envelope(new ExposureEvent { ExperimentName = "zzz", Timestamp = SampleEvents.Exposure.Timestamp, VariantKey = "control", SelectionReason = "test", Attributes = new Dictionary<string, object?>() });
        WrittenEvents.Write(_folder.Path, [exposure, bare with { CorrelationId = null, SpanId = null, Metadata = null }, SampleEvents.Envelope(SampleEvents.Outcome), SampleEvents.Envelope(SampleEvents.Error), SampleEvents.Envelope(SampleEvents.Accounting)]);

        var exposures = await ReadAsync("exposures");

        AssertRow(
            $$"""
            { "event_id": "{{exposure.EventId}}", "ts": "2026-03-01T12:00:00.123Z", "experiment": "exp", "variant": "control", "assigned_variant": "b", "arm": "b", "subject_id": "u1", "subject_type": "user",
              "tenant_id": "t1", "selection_reason": "fallback", "rule_path": "rule", "assignment_policy": "SubjectSticky", "allocation_version": "v1", "is_repeat_exposure": true, "sampling_rate": 0.25,
              "variant_build": "0192f0d1-0000-7000-8000-000000000001", "attributes": { "text": "ü\"\u0001", "flag": "true", "count": "7", "ratio": "2", "none": null },
              "attribute_types": { "flag": "boolean", "count": "long", "ratio": "double" }, "schema_version": "1.0.0", "correlation_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "b7ad6b7169203331", "metadata": { "key": "value" }, "ts_100ns": 0 }
            """,
            exposures[0]);
        AssertRow(
            $$"""
            { "event_id": "{{bare.EventId}}", "ts": "2026-03-01T12:00:00.123Z", "experiment": "zzz", "variant": "control", "arm": "control", "selection_reason": "test", "assignment_policy": "BestEffort",
              "is_repeat_exposure": false, "sampling_rate": 1, "attributes": {}, "schema_version": "1.0.0", "ts_100ns": 0 }
            """,
            exposures[1]);
        Assert.Equal(0.0125, (await ReadAsync("outcomes"))[0].GetProperty("duration_seconds").GetDouble());
        Assert.Equal(503, (await ReadAsync("errors"))[0].GetProperty("data").GetProperty("status").GetInt32());
        Assert.Equal(["0", "4", "1", "2", "10", "3", "2", "1"], (await ReadAsync("accounts")).Select(row => row.GetProperty("count").GetString()));
    }

    /// <summary>Compares a row but for its nulls, which the reader also uses for what is absent.</summary>
    private static void AssertRow(string expected, JsonElement row)
    {
        using var wanted = JsonDocument.Parse(expected);
        var values = row.EnumerateObject().Where(value => value.Value.ValueKind != JsonValueKind.Null).ToDictionary(value => value.Name, value => value.Value);
        Assert.Equal(wanted.RootElement.EnumerateObject().Select(value => value.Name).Order(StringComparer.Ordinal), values.Keys.Order(StringComparer.Ordinal));
        Assert.All(wanted.RootElement.EnumerateObject(), value => Assert.True(JsonElement.DeepEquals(value.Value, values[value.Name]), $"{value.Name}: {values[value.Name]}"));
    }

    private async Task<IReadOnlyList<JsonElement>> ReadAsync(string table)
    {
        var (exitCode, output) = await RunAsync("node", "read.mjs", table + ".parquet");
        Assert.True(exitCode == 0, output);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
    }

    private async Task InstallAsync()
    {
        try
        {
            await RunAsync("node", "--version");
            var (exitCode, output) = await RunAsync("npm", ["install", "--no-save", "--no-audit", "--no-fund", .. Packages]);
            Assert.SkipUnless(exitCode == 0, $"npm could not install {string.Join(" and ", Packages)}: {output}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("The second reader needs node and npm.");
        }

        await File.WriteAllTextAsync(_folder.File("read.mjs"), Program, TestContext.Current.CancellationToken);
    }

    private async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder.Path, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, process.ExitCode == 0 ? output : output + await error);
    }
}
