using System.Text.Json.Nodes;
using ExperimentFramework.DataPlane.Tests.Delivery;
using ExperimentFramework.DataPlane.Tests.Files;
using ExperimentFramework.DataPlane.Tests.Privacy;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Tests.Formats;

/// <summary>The format is an option of each destination, and readers find both.</summary>
public sealed class EventFormatOptionTests : IDisposable
{
    private readonly EventFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(FileLayout.Flat)]
    [InlineData(FileLayout.Partitioned)]
    public async Task A_folder_may_hold_both_formats_and_is_read_as_one(FileLayout layout)
    {
        foreach (var format in Enum.GetValues<EventFormat>())
        {
            await using var backplane = _folder.Open(new FileDataBackplaneOptions { Format = format, Layout = layout });
            await backplane.PublishAsync(EventFolder.Events(100 * (int)format, 100), Token);
        }

        var events = await _folder.ReadAsync();

        Assert.Equal(Enumerable.Range(0, 200), events.Select(EventFolder.NumberOf).Order());
        Assert.All(events, envelope => Assert.Equal(DataPlaneJson.Serialize(EventFolder.Events(EventFolder.NumberOf(envelope), 1)[0]), DataPlaneJson.Serialize(envelope)));
        Assert.DoesNotContain(_folder.Files, file => file.StartsWith("unreadable", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Files_hold_one_cloud_event_a_line()
    {
        await using (var backplane = _folder.Open(new FileDataBackplaneOptions { Format = EventFormat.CloudEvents, Compression = FileCompression.None }))
        {
            await backplane.PublishAsync(EventFolder.Events(0, 3), Token);
        }

        Assert.Equal(
            EventFolder.Events(0, 3).Select(envelope => DataPlaneJson.Serialize(envelope, EventFormat.CloudEvents)), File.ReadAllLines(_folder.Full(Assert.Single(_folder.Files))));
    }

    [Fact]
    public async Task The_log_holds_cloud_events_if_the_section_says_so_and_code_overrides_it()
    {
        Assert.Contains("\"eventId\"", await LoggedAsync(null, null), StringComparison.Ordinal);
        Assert.Contains("\"specversion\":\"1.0\"", await LoggedAsync("CloudEvents", null), StringComparison.Ordinal);
        Assert.Contains("\"eventId\"", await LoggedAsync("CloudEvents", options => options.Format = EventFormat.Json), StringComparison.Ordinal);
    }

    [Fact]
    public void The_logging_destination_refuses_what_is_no_format()
    {
        Assert.Equal(
            "LoggingDataBackplaneOptions.Format is 2; it must be one of Json, CloudEvents.",
            Assert.Throws<OptionsValidationException>(() => new LoggingDataBackplane(new FakeLogger<LoggingDataBackplane>(), new LoggingDataBackplaneOptions { Format = (EventFormat)2 })).Message);
        using var provider = Services("Avro", null).BuildServiceProvider();
        Assert.Equal(
            "Configuration value 'DataPlane:Logging:Format' is 'Avro'; it must be one of Json, CloudEvents.",
            Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<IOptions<LoggingDataBackplaneOptions>>().Value).Message);
    }

    [Fact]
    public async Task The_subject_is_the_redacted_one()
    {
        var services = new ServiceCollection();
        services.AddFileDataBackplane(_folder.Path, options => (options.Format, options.Compression) = (EventFormat.CloudEvents, FileCompression.None));
        services.AddDataBackplane(options =>
        {
            options.PiiRedaction.SubjectId = RedactionMode.Pseudonym;
            options.PiiRedaction.PseudonymKey = Redacting.Key;
        });
        await using (var provider = services.BuildServiceProvider())
        {
            await provider.GetRequiredService<IEventPublisher>().PublishAsync(SampleEvents.Exposure with { SubjectId = "anna@example.com" }, Token);
        }

        var lines = File.ReadAllLines(_folder.Full(Assert.Single(_folder.Files)));
        var exposure = lines.Select(line => JsonNode.Parse(line)!).Single(line => line["type"]!.GetValue<string>().EndsWith("Exposure", StringComparison.Ordinal));
        Assert.Equal(exposure["data"]!["subjectId"]!.GetValue<string>(), exposure["subject"]!.GetValue<string>());
        Assert.DoesNotContain(lines, line => line.Contains("anna", StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    private static IServiceCollection Services(string? format, Action<LoggingDataBackplaneOptions>? configure) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(format is null ? [] : [new("DataPlane:Logging:Format", format)]).Build())
        .AddFakeLogging()
        .AddLoggingDataBackplane(configure);

    private static async Task<string> LoggedAsync(string? format, Action<LoggingDataBackplaneOptions>? configure)
    {
        await using var provider = Services(format, configure).AddDataBackplane(options => options.EnableAccountingEvents = false).BuildServiceProvider();
        await provider.GetRequiredService<IEventPublisher>().PublishAsync(SampleEvents.Exposure, Token);
        await provider.GetRequiredService<IEventPublisher>().FlushAsync(Token);
        return provider.GetRequiredService<FakeLogCollector>().GetSnapshot().Single(record => record.Category == typeof(LoggingDataBackplane).FullName).GetStructuredStateValue("Event")!;
    }
}
