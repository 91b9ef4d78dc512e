using ExperimentFramework.DataPlane.Tests.Delivery;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Sqlite.Tests.EventTables;

/// <summary>What analysts find in the tables.</summary>
public sealed class EventTableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.File("events.db");

    [Fact]
    public async Task Columns_have_types_and_times_can_be_read()
    {
        using var backplane = new SqliteDataBackplane(Path);
        var time = new DateTimeOffset(2026, 3, 1, 13, 0, 0, TimeSpan.FromHours(1)).AddTicks(1_234_567);

        await backplane.DeliverAsync(SqliteEvents.Envelope(1, SampleEvents.Exposure with { Timestamp = time }) with { Metadata = new Dictionary<string, string> { ["pseudonymKeyId"] = "2026-03" } });

        Assert.Equal(
            ["2026-03-01T12:00:00.123456Z", 1_772_366_400_123_456L, "b", "control", 1L, 0.25, 7L, "ü\"\u0001", "2026-03", "integer", "real", "text"],
            StoredEventRows.Query(
                Path,
                """
                SELECT time, ts, arm, variant, is_repeat_exposure, sampling_rate, attributes ->> 'count', attributes ->> 'text', metadata ->> 'pseudonymKeyId', typeof(ts), typeof(sampling_rate), typeof(attributes)
                FROM exposures
                """).Single());
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00.0000019Z", "0001-01-01T00:00:00.000001Z")]
    [InlineData("1969-12-31T23:59:59.9999999Z", "1969-12-31T23:59:59.999999Z")]
    [InlineData("1970-01-01T00:00:00.0000000Z", "1970-01-01T00:00:00.000000Z")]
    [InlineData("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.999999Z")]
    public async Task Any_time_is_cut_to_its_microsecond(string time, string expected)
    {
        using var backplane = new SqliteDataBackplane(Path);

        await backplane.DeliverAsync(SqliteEvents.Envelope(1, SqliteEvents.Exposure("u", "b", DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture))));

        Assert.Equal(expected, StoredEventRows.Query(Path, "SELECT time FROM exposures").Single()[0]);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_loses_and_doubles_nothing()
    {
        using var backplane = new SqliteDataBackplane(Path);
        await backplane.DeliverAsync(SqliteEvents.Exposures(10_000, 100));

        await backplane.DeliverAsync([.. SqliteEvents.Exposures(10_000 - 3_600, 100)]);

        Assert.Equal(200, StoredEventRows.Count(Path, "SELECT count(*) FROM exposures"));
        Assert.Equal("u6400", StoredEventRows.Query(Path, "SELECT subject_id FROM exposures ORDER BY ts LIMIT 1").Single()[0]);
    }

    [Fact]
    public async Task Names_of_any_characters_are_stored_as_they_are()
    {
        string[] names = ["'; DROP TABLE exposures; --", "a\"b", "../../etc/passwd", "CON", "", " ", "a\nb", "🙂", new string('x', 100_000), "%s?1:name", "experiment=x"];
        using var backplane = new SqliteDataBackplane(Path);

        await backplane.DeliverAsync([.. names.Select((name, index) => SqliteEvents.Envelope(index, SqliteEvents.Exposure(name, name, SqliteEvents.Begin) with { ExperimentName = name }))]);

        Assert.Equal(names, StoredEventRows.Query(Path, "SELECT experiment FROM exposures WHERE experiment = arm AND experiment = subject_id ORDER BY event_id").Select(row => row[0]));
    }

    [Fact]
    public async Task A_hundred_thousand_experiments_are_one_file()
    {
        using var backplane = new SqliteDataBackplane(Path);
        for (var batch = 0; batch < 100; batch++)
        {
            await backplane.DeliverAsync([.. SqliteEvents.Exposures(batch * 1_000, 1_000).Select((envelope, index) => envelope with { Payload = (ExposureEvent)envelope.Payload with { ExperimentName = $"e{(batch * 1_000) + index}" } })]);
        }

        Assert.Equal(100_000, StoredEventRows.Count(Path, "SELECT count(DISTINCT experiment) FROM exposures"));
        Assert.Equal(3, _folder.Files().Count);
    }

    [Fact]
    public async Task Counting_subjects_needs_the_index_alone_if_it_is_asked_for()
    {
        using (var without = new SqliteDataBackplane(Path))
        {
            await without.DeliverAsync(SqliteEvents.Exposures(0, 10));
        }

        Assert.DoesNotContain(Plan(), line => line.Contains("COVERING", StringComparison.Ordinal));
        using var with = new SqliteDataBackplane(Path, new SqliteDataBackplaneOptions { IndexSubjects = true });

        Assert.Contains(Plan(), line => line.Contains("USING COVERING INDEX exposures_by_subject", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_pipeline_stores_events_in_the_file_of_its_registration_and_an_account_at_the_end()
    {
        var services = new ServiceCollection();
        services.AddSqliteDataBackplane(Path);
        services.AddSqliteDataBackplane(Path);
        services.AddSqliteDataBackplane(_folder.File("other.db"));
        await using (var provider = services.BuildServiceProvider())
        {
            Assert.Equal(2, provider.GetServices<IDataBackplane>().Count());
            var publisher = provider.GetRequiredService<IEventPublisher>();
            for (var i = 0; i < 10; i++)
            {
                await publisher.PublishAsync(SqliteEvents.Exposure($"u{i}", "b", SqliteEvents.Begin), TestContext.Current.CancellationToken);
            }
        }

        Assert.All([Path, _folder.File("other.db")], file =>
        {
            Assert.Equal(10, StoredEventRows.Count(file, "SELECT count(*) FROM exposures"));
            Assert.Equal(["Exposure", 10L, 10L, 1L], StoredEventRows.Query(file, "SELECT event_type, expected, arrived, is_final FROM completeness").Single());
        });
    }

    [Fact]
    public async Task A_destination_that_was_removed_can_be_added_again()
    {
        var services = new ServiceCollection();
        services.AddSqliteDataBackplane(Path);
        services.RemoveAll<IDataBackplane>();
        services.AddSqliteDataBackplane(Path);
        services.AddSqliteDataBackplane(Path);

        await using var provider = services.BuildServiceProvider();
        Assert.IsType<SqliteDataBackplane>(Assert.Single(provider.GetServices<IDataBackplane>()));
    }

    [Theory]
    [InlineData("00:59:59.9999999", false)]
    [InlineData("01:00:00", true)]
    [InlineData("36500.00:00:00", true)]
    [InlineData("36500.00:00:00.0000001", false)]
    public async Task A_retention_out_of_its_range_stops_the_start_and_is_named(string retention, bool isInRange)
    {
        var value = TimeSpan.Parse(retention, System.Globalization.CultureInfo.InvariantCulture);
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddSqliteDataBackplane(Path, options => options.Retention = value);
        using var host = builder.Build();
        if (isInRange)
        {
            await host.StartAsync(TestContext.Current.CancellationToken);
            return;
        }

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.Equal($"SqliteDataBackplaneOptions.Retention is {value}; it must be from 1 hour to 36500 days, or null.", error.Message);
        Assert.Throws<ArgumentException>(() => new SqliteDataBackplane(Path, new SqliteDataBackplaneOptions { Retention = value }));
    }

    public void Dispose() => _folder.Dispose();

    private IEnumerable<string> Plan() => StoredEventRows.Query(Path, "EXPLAIN QUERY PLAN SELECT * FROM subjects_per_variant").Select(row => (string)row[3]!);
}
