using ExperimentFramework.DataPlane;
using ExperimentFramework.DataPlane.Parquet;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

// Writes events of every kind of column to Parquet and reads them back, ahead-of-time compiled: .ci/run publishes and runs it.
var folder = Directory.CreateTempSubdirectory("dataplane-parquet-aot-").FullName;
try
{
    var services = new ServiceCollection();
    services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("DataPlane:Parquet:AttributeColumns:country", "Text"), new("DataPlane:Parquet:Layout", "Partitioned")]).Build());
    services.AddParquetDataBackplane(folder);
    var exposure = new ExposureEvent
    {
        ExperimentName = "checkout", Timestamp = DateTimeOffset.UtcNow, VariantKey = "control", SelectionReason = "test", SubjectId = "u1", VariantBuild = Guid.NewGuid(),
        Attributes = new Dictionary<string, object?> { ["country"] = "DE", ["items"] = 3L, ["tags"] = new[] { "a", "b" } },
    };
    var outcome = new OutcomeEvent { ExperimentName = "checkout", Timestamp = exposure.Timestamp, VariantKey = "control", OutcomeName = "Run", Result = OutcomeResult.Success, Duration = TimeSpan.FromMilliseconds(1.5) };
    await using (var provider = services.BuildServiceProvider())
    {
        var publisher = provider.GetRequiredService<IEventPublisher>();
        await publisher.PublishAsync(exposure);
        await publisher.PublishAsync(outcome);
        await publisher.FlushAsync();
    }

    var read = new List<DataPlaneEvent>();
    await foreach (var envelope in ParquetEventFiles.ReadAsync(folder))
    {
        read.Add(envelope.Payload);
    }

    if (!read.Contains(exposure) || !read.Contains(outcome))
    {
        Console.Error.WriteLine($"Of the two events that were written, {read.Count(payload => payload == exposure || payload == outcome)} came back equal.");
        return 1;
    }

    Console.WriteLine("All events came back equal.");
    return 0;
}
finally
{
    Directory.Delete(folder, recursive: true);
}
