using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using static ExperimentFramework.DataPlane.Tests.Configuration.ConfiguredGreeting;

namespace ExperimentFramework.DataPlane.Tests.Configuration;

/// <summary>Every option is read from the configuration, and a setting that cannot be one stops the start.</summary>
public sealed class OptionsFromConfigurationTests
{
    public static TheoryData<string, string, string> WrongSettings => new()
    {
        { "DataPlane:SamplingRate", "1.5", "DataPlaneOptions.SamplingRate is 1.5; it must be from 0 to 1." },
        { "DataPlane:SamplingRate", "much", "DataPlane:SamplingRate" },
        { "DataPlane:FailureMode", "Bock", "Configuration value 'DataPlane:FailureMode' is 'Bock'; it must be one of Drop, Block." },
        { "DataPlane:ExposureSemantics", "Once", "'DataPlane:ExposureSemantics' is 'Once'; it must be one of OnDecision, OnFirstUse, Explicit." },
        { "DataPlane:Experiments:greeting:ExposureSemantics", "Once", "'DataPlane:Experiments:greeting:ExposureSemantics' is 'Once'; it must be one of OnDecision" },
        { "DataPlane:PiiRedaction:SubjectId", "", "Configuration value 'DataPlane:PiiRedaction:SubjectId' is ''; it must be one of" },
        { "DataPlane:PiiRedaction:SubjectId", "Pseudonym, Placeholder", "'DataPlane:PiiRedaction:SubjectId' is 'Pseudonym, Placeholder'; it must be one of" },
        { "DataPlane:PiiRedaction:Fields:phone", "", "'DataPlane:PiiRedaction:Fields:phone' is ''; it must be one of" },
        { "DataPlane:PiiRedaction:SubjectId", "Hash", "'DataPlane:PiiRedaction:SubjectId' is 'Hash'; it must be one of" },
        { "DataPlane:PiiRedaction:TenantId", "Hash", "'DataPlane:PiiRedaction:TenantId' is 'Hash'; it must be one of" },
        { "DataPlane:PiiRedaction:PersonalAttributes", "Hash", "'DataPlane:PiiRedaction:PersonalAttributes' is 'Hash'; it must be one of" },
        { "DataPlane:PiiRedaction:Fields:phone", "Hash", "'DataPlane:PiiRedaction:Fields:phone' is 'Hash'; it must be one of" },
        { "DataPlane:SampligRate", "0.5", "Configuration key 'DataPlane:SampligRate' is unknown; expected one of EnableExposureEvents" },
        { "DataPlane:PiiRedaction:SubjctId", "Pseudonym", "Configuration key 'DataPlane:PiiRedaction:SubjctId' is unknown" },
        { "DataPlane:Experiments:greeting:Rate", "1", "Configuration key 'DataPlane:Experiments:greeting:Rate' is unknown" },
        { "DataPlane:Experiments:greeting:SamplingRate", "-1", "DataPlaneOptions.Experiments:greeting:SamplingRate is -1; it must be from 0 to 1." },
        { "DataPlane:Experiments:greeting:RepeatWindow", "0", "DataPlaneOptions.Experiments:greeting:RepeatWindow is 00:00:00; it must be more than 0" },
        { "DataPlane:Experiments:greeting:RepeatCapacity", "0", "DataPlaneOptions.Experiments:greeting:RepeatCapacity is 0; it must be from 1 to 100000000." },
        { "DataPlane:Experiments:greeting:ExposureSemantics", "9", "DataPlaneOptions.Experiments:greeting:ExposureSemantics is 9; it must be one of" },
        { "DataPlane:PiiRedaction:SubjectId", "9", "DataPlaneOptions.PiiRedaction: SubjectId is 9; it must be one of None, Placeholder" },
        { "DataPlane:PiiRedaction:SubjectId", "Pseudonym", "there is no key" },
        { "DataPlane:PiiRedaction:PseudonymKey", "c2hvcnQ=", "DataPlaneOptions.PiiRedaction: PseudonymKey has 5 bytes; it must have at least 32." },
        { "DataPlane:PiiRedaction:PseudonymKey", "not base 64!", "DataPlaneOptions.PiiRedaction: PseudonymKey is not Base64" },
        { "DataPlane:PiiRedaction:PseudonymKeyId", " ", "DataPlaneOptions.PiiRedaction: PseudonymKeyId is empty" },
        { "DataPlane:PiiRedaction:Placeholder", "", "DataPlaneOptions.PiiRedaction: Placeholder is empty" },
        { "DataPlane:PiiRedaction:RedactFields:0", " email", "RedactFields contains the field name ' email', which begins or ends with white space." },
        { "DataPlane:PiiRedaction:RedactFields:0", "idempotencykey", "'idempotencyKey' is replaced with the placeholder, so that all metrics would have the same key and be counted as one. Set Fields to Pseudonym" },
        { "DataPlane:PiiRedaction:Fields:IdempotencyKey", "Placeholder", "'idempotencyKey' is replaced with the placeholder" },
        { "DataPlane:PiiRedaction:RedactFields:0", "VariantKey", "RedactFields contains 'VariantKey', without which an event is meaningless" },
        { "DataPlane:PiiRedaction:Fields:eventId", "Omit", "Fields contains 'eventId', without which an event is meaningless" },
    };

    [Fact]
    public async Task Every_option_is_bound()
    {
        await using var services = Services(Settings(
            ("DataPlane:EnableExposureEvents", "false"),
            ("DataPlane:EnableAssignmentEvents", "false"),
            ("DataPlane:EnableOutcomeEvents", "false"),
            ("DataPlane:EnableAnalysisSignals", "false"),
            ("DataPlane:EnableErrorEvents", "false"),
            ("DataPlane:EnableMetricEvents", "false"),
            ("DataPlane:EnableAccountingEvents", "false"),
            ("DataPlane:AccountingInterval", "00:05:00"),
            ("DataPlane:ExposureSemantics", "OnFirstUse"),
            ("DataPlane:SamplingRate", "0.25"),
            ("DataPlane:RepeatWindow", "01:00:00"),
            ("DataPlane:RepeatCapacity", "17"),
            ("DataPlane:PiiRedaction:SubjectId", "Pseudonym"),
            ("DataPlane:PiiRedaction:TenantId", "Omit"),
            ("DataPlane:PiiRedaction:PersonalAttributes", "Custom"),
            ("DataPlane:PiiRedaction:Fields:email", "Placeholder"),
            ("DataPlane:PiiRedaction:RedactFields:0", "phone"),
            ("DataPlane:PiiRedaction:Placeholder", "***"),
            ("DataPlane:PiiRedaction:PseudonymKey", Privacy.Redacting.Key),
            ("DataPlane:PiiRedaction:PseudonymKeyId", "k1"),
            ("DataPlane:Experiments:Greeting:SamplingRate", "0.5"),
            ("DataPlane:Experiments:Greeting:ExposureSemantics", "Explicit"),
            ("DataPlane:Experiments:Greeting:RepeatWindow", "02:00:00"),
            ("DataPlane:Experiments:Greeting:RepeatCapacity", "18"),
            ("DataPlane:AnotherPart:Setting", "is its own")));

        var options = services.GetRequiredService<IOptions<DataPlaneOptions>>().Value;

        Assert.False(options.EnableExposureEvents || options.EnableAssignmentEvents || options.EnableOutcomeEvents || options.EnableAnalysisSignals || options.EnableErrorEvents || options.EnableMetricEvents || options.EnableAccountingEvents);
        Assert.Equal(TimeSpan.FromMinutes(5), options.AccountingInterval);
        Assert.Equal((ExposureSemantics.OnFirstUse, 0.25, TimeSpan.FromHours(1), 17), (options.ExposureSemantics, options.SamplingRate, options.RepeatWindow, options.RepeatCapacity));
        var redaction = options.PiiRedaction;
        Assert.Equal((RedactionMode.Pseudonym, RedactionMode.Omit, RedactionMode.Custom), (redaction.SubjectId, redaction.TenantId, redaction.PersonalAttributes));
        Assert.Equal(RedactionMode.Placeholder, redaction.Fields["EMAIL"]);
        Assert.Equal(["phone"], redaction.RedactFields);
        Assert.Equal(("***", Privacy.Redacting.Key, "k1"), (redaction.Placeholder, redaction.PseudonymKey, redaction.PseudonymKeyId));
        var own = options.Experiments["greeting"];
        Assert.Equal((0.5, ExposureSemantics.Explicit, TimeSpan.FromHours(2), 18), (own.SamplingRate, own.ExposureSemantics, own.RepeatWindow, own.RepeatCapacity));
    }

    [Fact]
    public async Task The_configuration_that_the_page_shows_is_bound()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Docs, "reference", "configuration.md"));
        var json = page.Split("```json\n")[1].Split("```")[0];
        await using var services = Services(new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build());

        var options = services.GetRequiredService<IOptions<DataPlaneOptions>>().Value;

        Assert.Equal((false, ExposureSemantics.OnFirstUse, 0.5, TimeSpan.FromHours(12)), (options.EnableErrorEvents, options.ExposureSemantics, options.SamplingRate, options.RepeatWindow));
        Assert.Equal((RedactionMode.Pseudonym, RedactionMode.Omit), (options.PiiRedaction.SubjectId, options.PiiRedaction.Fields["phone"]));
        Assert.Equal((1, ExposureSemantics.OnDecision), (options.Experiments["checkout-pricing"].SamplingRate, options.Experiments["checkout-pricing"].ExposureSemantics));
    }

    [Fact]
    public void The_known_keys_are_the_options()
    {
        Assert.Equal(Names(typeof(DataPlaneOptions)), ConfigurationKeyValidator.OfOptions.Order());
        Assert.Equal(Names(typeof(PiiRedactionOptions)), ConfigurationKeyValidator.OfRedaction.Order());
        Assert.Equal(Names(typeof(ExperimentOptions)), ConfigurationKeyValidator.OfExperiment.Order());

        static IEnumerable<string> Names(Type type) => type.GetProperties().Select(property => property.Name).Order();
    }

    [Theory]
    [MemberData(nameof(WrongSettings))]
    public async Task A_wrong_setting_stops_the_host_with_its_name_and_what_it_has_to_be(string key, string value, string message)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new(key, value)]);
        builder.Services.AddDataBackplane();
        using var host = builder.Build();

        var error = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync());

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        if (key.EndsWith("Key", StringComparison.Ordinal) && value.Length > 0)
        {
            Assert.DoesNotContain(value, error.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_entry_of_an_experiment_that_is_not_registered_is_logged_at_the_start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("DataPlane:Experiments:greting:SamplingRate", "0.5"), new("DataPlane:Experiments:GREETING:SamplingRate", "0.5")]);
        builder.Logging.AddFakeLogging();
        builder.Services.AddInMemoryDataBackplane();
        builder.Services.AddExperimentFramework(experiments => experiments.WithExposureLogging().Trial<IGreeter>(trial => trial.AddControl<Hello>().AddVariant<Bonjour>("b")));
        using var host = builder.Build();

        await host.StartAsync();

        var record = Assert.Single(host.Services.GetRequiredService<Microsoft.Extensions.Logging.Testing.FakeLogCollector>().GetSnapshot(), record => record.Level == LogLevel.Warning);
        Assert.Contains("'greting'", record.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DataPlane:PiiRedaction:RedactFields", "phone", "a list")]
    [InlineData("DataPlane:PiiRedaction:RedactFields:0:Name", "phone", "a single value")]
    [InlineData("DataPlane:PiiRedaction:Fields", "phone", "a section")]
    [InlineData("DataPlane:PiiRedaction:Fields:phone:Mode", "Omit", "a single value")]
    [InlineData("DataPlane:PiiRedaction:SubjectId:Mode", "Placeholder", "a single value")]
    [InlineData("DataPlane:PiiRedaction", "Pseudonym", "a section")]
    [InlineData("DataPlane:PiiRedactions:SubjectId", "Omit", "'DataPlane:PiiRedactions', which is not read")]
    [InlineData("DataPlane:PiiRedacton:RedactFields:0", "phone", "'DataPlane:PiiRedacton', which is not read")]
    [InlineData("DataPlane:File:RollBytes", "4096", "'DataPlane:File', which is not read")]
    [InlineData("DataPlane:Parket:Layout", "Flat", "'DataPlane:Parket', which is not read")]
    [InlineData("DataPlane:Parquets:Layout", "Flat", "'DataPlane:Parquets', which is not read")]
    [InlineData("DataPlane:Sqllite:Retention", "1.00:00:00", "'DataPlane:Sqllite', which is not read")]
    [InlineData("DataPlane:Sqlite3:Retention", "1.00:00:00", "'DataPlane:Sqlite3', which is not read")]
    [InlineData("DataPlane:Postgres:Schema", "x", "PiiRedaction, Retry, Experiments, Files, Logging, EventHubsAmqp, Parquet, Sqlite, PostgreSql, PostgreSqlAssignmentStore, PostgreSqlOutbox, Otlp, OpenTelemetry, Kafka, Monitor, Plans, Streams, Dashboard. Rename the section")]
    [InlineData("DataPlane:Retrys:MaxAttempts", "3", "'DataPlane:Retrys', which is not read")]
    [InlineData("DataPlane:Retry", "5", "a section")]
    [InlineData("DataPlane:Retry:MaxDelay:Seconds", "5", "a single value")]
    [InlineData("DataPlane:Experiment:pricing:SamplingRate", "1", "'DataPlane:Experiment', which is not read")]
    [InlineData("DataPlane:Experiments:pricing", "0.5", "a section")]
    [InlineData("DataPlane:Experiments:pricing:SamplingRate:Value", "0.5", "a single value")]
    [InlineData("DataPlane:SamplingRate:Value", "0.5", "a single value")]
    [InlineData("DataPlane:RequiredDestinations", "Kafka", "a list")]
    [InlineData("DataPlane", "on", "a section")]
    public void A_key_of_another_shape_or_with_a_misspelt_section_stops_the_start_instead_of_being_ignored(string key, string value, string expected)
    {
        using var services = Services(Settings((key, value)));

        var error = Assert.Throws<InvalidOperationException>(() => services.GetRequiredService<IOptions<DataPlaneOptions>>().Value);

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("'DataPlane", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_section_of_another_part_is_left_to_it()
    {
        using var services = Services(Settings(
            ("DataPlane:Kafka:Topic", "exposures"), ("DataPlane:Fields:Name:First", "1"), ("DataPlane:Experimental:Flag", "1"), ("DataPlane:SamplingRate", "0.5")));

        Assert.Equal(0.5, services.GetRequiredService<IOptions<DataPlaneOptions>>().Value.SamplingRate);
    }

    private static ServiceProvider Services(IConfiguration configuration) =>
        new ServiceCollection().AddSingleton(configuration).AddDataBackplane().BuildServiceProvider();
}
