using ExperimentFramework.DataPlane.Tests.Delivery;

namespace ExperimentFramework.DataPlane.Parquet.Tests.Reading;

/// <summary>Columns that are not to be read leave their fields without a value, and only these.</summary>
public sealed class UnreadColumnTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_column_is_left_out_of_all_tables_or_of_the_one_that_is_named()
    {
        WrittenEvents.Write(_folder.Path, [SampleEvents.Envelope(SampleEvents.Exposure), SampleEvents.Envelope(SampleEvents.Metric)]);
        var unread = new HashSet<string>(StringComparer.Ordinal) { "subject_type", "exposures.subject_id", "metrics.attributes" };
        using var reader = new ParquetEventReader([_folder.File("exposures.parquet"), _folder.File("metrics.parquet")], unread, onUnreadableFile: null);

        var exposure = await reader.ReadAsync(TestContext.Current.CancellationToken);
        var metric = await reader.ReadAsync(TestContext.Current.CancellationToken);

        Assert.Equal(SampleEvents.Exposure with { SubjectId = null, SubjectType = null }, exposure!.Payload);
        Assert.Equal(SampleEvents.Metric with { SubjectType = null, Attributes = null }, metric!.Payload);
        Assert.Null(await reader.ReadAsync(TestContext.Current.CancellationToken));
    }
}
