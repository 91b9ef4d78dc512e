using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Tests.Configuration;

/// <summary>Redaction that was asked for and is not understood stops the start: nothing leaves in clear because of a slip.</summary>
public sealed class RedactionFailsClosedTests
{
    private static readonly string[] RedactionKeys =
        [.. ConfigurationKeyValidator.OfRedaction, "Fields:phone", "RedactFields:0", "subjectid"];

    /// <summary>Every key of redaction, empty in every way that a source of configuration can have it.</summary>
    public static TheoryData<string, string> EmptyKeys
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var key in RedactionKeys)
            {
                foreach (var source in new[] { "json null", "json {}", "json []", "environment", "command line", "memory null", "memory empty", "memory blank" })
                {
                    // A text of blanks is one: the placeholder may be a space.
                    if (source != "memory blank" || key != nameof(PiiRedactionOptions.Placeholder))
                    {
                        cases.Add(key, source);
                    }
                }
            }

            return cases;
        }
    }

    public static TheoryData<string> MeantForRedaction =>
    [
        """{ "DataPlan": { "PiiRedaction": { "SubjectId": "Placeholder" } } }""",
        """{ "DataPlan": { "SamplingRate": 0.5 } }""",
        """{ "DataPlan": { "Anything": 1 } }""",
        """{ "DataPlanes": { "PiiRedaction": { "SubjectId": "Placeholder" } } }""",
        """{ "DataPalne": { "PiiRedaction": { "SubjectId": "Placeholder" } } }""",
        """{ "Data-Plane": { "PiiRedaction": { "SubjectId": "Placeholder" } } }""",
        """{ "data_plane": { "SamplingRate": 0.5 } }""",
        """{ "DataPlaneOptions": { "SamplingRate": 0.5 } }""",
        """{ "DataBackplane": { "PiiRedaction": { "RedactFields": [ "email" ] } } }""",
        """{ "ExperimentDataPlane": { "Privacy": { "SubjectId": "Omit" } } }""",
        """{ "DataPlain": { "PiiRedaction": { "SubjectId": "Placeholder" } } }""",
        """{ "ExperimentFramework": { "DataPlane": { "PiiRedaction": { "SubjectId": "Placeholder" } } } }""",
        """{ "PiiRedaction": { "SubjectId": "Placeholder" } }""",
        """{ "PiiRedactions": { "Fields": { "email": "Omit" } } }""",
        """{ "DataPlane": { "Privacy": { "SubjectId": "Placeholder" } } }""",
        """{ "DataPlane": { "Privacy": { "HashIds": true } } }""",
        """{ "dataplane": { "Privacy": { "subjectid": "Placeholder" } } }""",
        """{ "DataPlane": { "Redaction": { "SubjectId": "Placeholder" } } }""",
        """{ "DataPlane": { "Redaction": { "email": "Omit" } } }""",
        """{ "DataPlane": { "PiiRedactions": { "SubjectId": "Placeholder" } } }""",
        """{ "DataPlane": { "PiRedaction": { "SubjectId": "Placeholder" } } }""",
        """{ "DataPlane": { "Pii": { "Anything": 1 } } }""",
        """{ "DataPlane": { "Security": { "SubjectId": "Placeholder" } } }""",
        """{ "DataPlane": { "Security": { "SubjetId": "Placeholder" } } }""",
        """{ "DataPlane": { "Security": { "RedactField": [ "email" ] } } }""",
        """{ "DataPlane": { "Security": { "Deep": { "PiiRedaction": { "email": "Omit" } } } } }""",
        """{ "DataPlane": { "Security": { "email": "pseudonym" } } }""",
        """{ "DataPlane": { "Security": { "email": " Placeholder " } } }""",
        """{ "DataPlane": { "Security": { "Fields": { "email": "Omit" } } } }""",
        """{ "DataPlane": { "Security": { "PseudonymKeyId": null } } }""",
        """{ "DataPlane": { "SubjectId": "Placeholder" } }""",
        """{ "DataPlane": { "SubjectId": null } }""",
        """{ "DataPlane": { "SubjectId": { "Mode": "Omit" } } }""",
        """{ "DataPlane": { "RedactFields": [ "email" ] } }""",
        """{ "DataPlane": { "Fields": { "email": "Omit" } } }""",
        """{ "DataPlane": { "Retry": { "SubjectId": "Placeholder" } } }""",
        """{ "DataPlane": { "Retry": { "PiiRedaction": { "SubjectId": "Placeholder" } } } }""",
        """{ "DataPlane": { "Experiments": { "greeting": { "SubjectId": "Placeholder" } } } }""",
        """{ "DataPlane": { "Experiments": { "greeting": { "PiiRedaction": { "SubjectId": "Placeholder" } } } } }""",
        """{ "DataPlane": { "Experiments": { "PiiRedaction": { "SubjectId": "Placeholder" } } } }""",
        """{ "DataPlane": { "PiiRedaction": { "Subject": "Placeholder" } } }""",
        """{ "DataPlane": { "PiiRedaction": { "PiiRedaction": { "SubjectId": "Placeholder" } } } }""",
    ];

    public static TheoryData<string> OfOtherParts =>
    [
        """{ "DataPlane": { "SamplingRate": 0.5 } }""",
        """{ "dataplane": { "samplingrate": 0.5 } }""",
        """{ "DataPlane": { "PiiRedaction": { "Fields": { "email": "Placeholder" }, "RedactFields": [ "email" ] } } }""",
        """{ "DataPlane": { "PiiRedaction": { "Fields": { "subjectId": "Omit" } } } }""",
        """{ "DataPlane": {} }""",
        """{ "DataPlane": null }""",
        """{ "Database": { "TenantId": "t", "Fields": { "a": "Omit" } } }""",
        """{ "DataLake": { "TenantId": "t", "BatchSize": 5 } }""",
        """{ "Azure": { "DataPlane": { "TenantId": "t" } } }""",
        """{ "DataPlan": "unlimited" }""",
        """{ "Privacy": { "Policy": "https://example.com" } }""",
        """{ "Forms": { "Placeholder": "Your name", "Fields": { "name": "text" } } }""",
        """{ "PiiRedaction": { "Policy": "strict" } }""",
        """{ "Backplane": { "Retry": { "MaxAttempts": 3 } } }""",
    ];

    [Theory]
    [MemberData(nameof(EmptyKeys))]
    public void A_key_of_redaction_that_is_there_and_empty_stops_the_start(string key, string source)
    {
        var path = "DataPlane:PiiRedaction:" + key;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            [new("DataPlane:PiiRedaction:TenantId", "Omit"), new("DataPlane:PiiRedaction:PseudonymKey", Privacy.Redacting.Key)]);

        AssertRefused(Add(configuration, path, source).Build(), path);
    }

    [Theory]
    [InlineData("json null")]
    [InlineData("json {}")]
    [InlineData("json []")]
    [InlineData("environment")]
    [InlineData("memory null")]
    public void The_section_itself_that_is_there_and_empty_stops_the_start(string source) =>
        AssertRefused(Add(new ConfigurationBuilder(), "DataPlane:PiiRedaction", source).Build(), "DataPlane:PiiRedaction");

    [Theory]
    [InlineData("SubjectId", "Placeholder")]
    [InlineData("Fields:value", "Omit")]
    [InlineData("RedactFields:0", "email")]
    [InlineData("PseudonymKey", Privacy.Redacting.Key)]
    public void A_later_source_cannot_turn_a_rule_off_by_null(string key, string rule)
    {
        var path = "DataPlane:PiiRedaction:" + key;
        foreach (var source in new[] { "json null", "json {}", "json []", "environment", "memory null" })
        {
            AssertRefused(Add(new ConfigurationBuilder().AddInMemoryCollection([new(path, rule)]), path, source).Build(), path);
        }
    }

    [Fact]
    public void A_later_source_that_empties_a_section_leaves_its_rules_in_force()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("DataPlane:PiiRedaction:SubjectId", "Omit"), new("DataPlane:PiiRedaction:Fields:phone", "Omit"), new("DataPlane:PiiRedaction:RedactFields:0", "email")])
            .AddJsonStream(Json("""{ "DataPlane": { "PiiRedaction": { "Fields": null, "RedactFields": [] } } }"""))
            .AddJsonStream(Json("""{ "DataPlane": { "PiiRedaction": null } }"""))
            .AddJsonStream(Json("""{ "DataPlane": null }"""));

        var redaction = Options(configuration.Build()).PiiRedaction;

        Assert.Equal((RedactionMode.Omit, RedactionMode.Omit), (redaction.SubjectId, redaction.Fields["phone"]));
        Assert.Equal(["email"], redaction.RedactFields);
    }

    [Fact]
    public void A_later_source_may_say_that_a_rule_is_off()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("DataPlane:PiiRedaction:SubjectId", "Omit")])
            .AddInMemoryCollection([new("DataPlane:PiiRedaction:SubjectId", "None")]);

        Assert.Equal(RedactionMode.None, Options(configuration.Build()).PiiRedaction.SubjectId);
    }

    [Theory]
    [MemberData(nameof(MeantForRedaction))]
    public void What_was_meant_for_redaction_and_is_read_by_nothing_stops_the_start(string json)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Options(new ConfigurationBuilder().AddJsonStream(Json(json)).Build()));

        Assert.Matches("is (not read|unknown)", error.Message);
    }

    [Theory]
    [InlineData("""{ "DataPlan": { "Anything": 1 } }""", "'DataPlan', which is not read", "reads 'DataPlane' and, for redaction, 'DataPlane:PiiRedaction'. Rename the section, or remove it")]
    [InlineData("""{ "Outer": { "PiiRedaction": { "SubjectId": "Omit" } } }""", "'Outer:PiiRedaction', which is not read", "'DataPlane:PiiRedaction'. Rename the section, or remove it")]
    [InlineData("""{ "DataPlane": { "Privacy": { "SubjectId": "Omit" } } }""", "'DataPlane:Privacy', which is not read", "The sections of 'DataPlane' are PiiRedaction, Retry, Experiments, Files, Logging, EventHubsAmqp, Parquet, Sqlite, PostgreSql, PostgreSqlAssignmentStore, PostgreSqlOutbox, Otlp, OpenTelemetry, Kafka, Monitor, Plans, Streams, Dashboard. Rename the section, or remove it")]
    public void The_message_names_the_section_and_the_right_one(string json, string place, string remedy)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Options(new ConfigurationBuilder().AddJsonStream(Json(json)).Build()));

        Assert.Contains(place, error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RepeatCapacity", "100000000", "100000001")]
    [InlineData("RepeatCapacity", "1", "0")]
    [InlineData("RepeatWindow", "365.00:00:00", "365.00:00:00.0000001")]
    [InlineData("RepeatWindow", "00:00:00.0000001", "00:00:00")]
    [InlineData("MaxQueueSize", "10000000", "10000001")]
    [InlineData("MaxQueueSize", "1", "0")]
    [InlineData("BatchSize", "10000", "10001")]
    [InlineData("BatchSize", "1", "0")]
    [InlineData("FlushInterval", "01:00:00", "01:00:00.0000001")]
    [InlineData("MaxAttributeLength", "16", "15")]
    [InlineData("MaxAttributeLength", "1000000", "1000001")]
    [InlineData("BlockTimeout", "01:00:00", "01:00:00.0000001")]
    [InlineData("PublishTimeout", "01:00:00", "01:00:00.0000001")]
    [InlineData("Retry:MaxAttempts", "100", "101")]
    [InlineData("Retry:MaxAttempts", "1", "0")]
    [InlineData("Retry:MaxDelay", "01:00:00", "01:00:00.0000001")]
    [InlineData("ShutdownTimeout", "00:00:00", "-00:00:00.0000001")]
    [InlineData("ShutdownTimeout", "01:00:00", "01:00:00.0000001")]
    [InlineData("StoreTimeout", "00:00:00.0010000", "00:00:00.0009999")]
    [InlineData("StoreTimeout", "00:00:10", "00:00:10.0000001")]
    [InlineData("AssignmentCacheDuration", "365.00:00:00", "365.00:00:00.0000001")]
    [InlineData("AssignmentCacheCapacity", "100000000", "100000001")]
    [InlineData("SamplingRate", "1", "1.0000001")]
    [InlineData("SamplingRate", "0", "-0.0000001")]
    public void An_option_is_valid_up_to_its_edge_and_not_beyond(string option, string edge, string beyond)
    {
        Assert.NotNull(Options(new ConfigurationBuilder().AddInMemoryCollection([new("DataPlane:" + option, edge)]).Build()));
        Assert.Throws<OptionsValidationException>(() => Options(new ConfigurationBuilder().AddInMemoryCollection([new("DataPlane:" + option, beyond)]).Build()));
    }

    [Fact]
    public void A_name_is_valid_up_to_its_edge_and_not_beyond()
    {
        Assert.Null(NameRules.Validate(new string('n', 256)));
        Assert.NotNull(NameRules.Validate(new string('n', 257)));
        Assert.NotNull(NameRules.Validate("n "));
        Assert.NotNull(NameRules.Validate(" n"));
        Assert.Null(NameRules.Validate("n n"));
        Assert.Null(NameRules.Validate("\ud83d\ude00"));
        Assert.All(["\ud800", "a\udc00", "\ude00\ud83d", "\ud83d\ud83d\ude00", "\ud83d\ude00\ude00"], name => Assert.Contains("surrogate pair", NameRules.Validate(name), StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(OfOtherParts))]
    public void What_is_another_parts_does_not_stop_the_start(string json) => Assert.NotNull(Options(new ConfigurationBuilder().AddJsonStream(Json(json)).Build()));

    [Fact]
    public async Task A_section_of_the_data_planes_that_it_does_not_read_is_reported_at_the_start()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddJsonStream(Json("""{ "DataPlane": { "Pulsar": { "Topic": "exposures" }, "Empty": {}, "PiiRedaction": { "SubjectId": "Omit" } }, "Other": { "A": 1 } }"""));
        builder.Logging.AddFakeLogging();
        builder.Services.AddInMemoryDataBackplane();
        using var host = builder.Build();

        await host.StartAsync(TestContext.Current.CancellationToken);

        var warnings = host.Services.GetRequiredService<FakeLogCollector>().GetSnapshot().Where(record => record.Level == LogLevel.Warning).Select(record => record.Message);
        Assert.Equal(["'DataPlane:Empty'", "'DataPlane:Pulsar'"], warnings.Select(message => message.Split(' ').First(word => word.StartsWith('\'')).TrimEnd(',')).Order());
    }

    [Theory]
    [InlineData("DataPlane", "dataplane", true)]
    [InlineData("DataPlane", "Data Plane", true)]
    [InlineData("DataPlane", "DataPlan", true)]
    [InlineData("DataPlane", "ataPlane", true)]
    [InlineData("DataPlane", "DataPlanee", true)]
    [InlineData("DataPlane", "DataPlaen", true)]
    [InlineData("DataPlane", "aDtaPlane", true)]
    [InlineData("DataPlane", "DatPlan", false)]
    [InlineData("DataPlane", "DataPlaneXY", false)]
    [InlineData("DataPlane", "DatabaSe", false)]
    [InlineData("DataPlane", "atDaPlane", false)]
    [InlineData("DataPlane", "", false)]
    [InlineData("a", "", true)]
    public void A_name_is_near_another_by_one_slip(string known, string name, bool isNear)
    {
        Assert.Equal(isNear, TypoDetector.IsLikelyTypoOf(name, known));
        Assert.Equal(isNear, TypoDetector.IsLikelyTypoOf(known, name));
    }

    private static IConfigurationBuilder Add(IConfigurationBuilder builder, string path, string source)
    {
        switch (source)
        {
            case "environment":
                var prefix = $"test{Guid.NewGuid():N}_";
                Environment.SetEnvironmentVariable(prefix + path.Replace(":", "__", StringComparison.Ordinal), "");
                return builder.AddEnvironmentVariables(prefix);
            case "command line":
                return builder.AddCommandLine([$"--{path}="]);
            case "memory null":
                return builder.AddInMemoryCollection([new(path, null)]);
            case "memory empty":
                return builder.AddInMemoryCollection([new(path, "")]);
            case "memory blank":
                return builder.AddInMemoryCollection([new(path, " ")]);
            default:
                var value = source["json ".Length..];
                return builder.AddJsonStream(Json(path.Split(':').Reverse().Aggregate(value, (inner, name) => $$"""{ "{{name}}": {{inner}} }""")));
        }
    }

    private static void AssertRefused(IConfiguration configuration, string path)
    {
        var error = Assert.ThrowsAny<Exception>(() => Options(configuration));

        Assert.True(error is InvalidOperationException or OptionsValidationException, error.ToString());
        var name = path.Split(':').Last(part => !int.TryParse(part, out _));
        Assert.Contains(name, error.Message, StringComparison.OrdinalIgnoreCase);
    }

    private static DataPlaneOptions Options(IConfiguration configuration)
    {
        using var services = new ServiceCollection().AddSingleton(configuration).AddDataBackplane().BuildServiceProvider();
        return services.GetRequiredService<IOptions<DataPlaneOptions>>().Value;
    }

    private static MemoryStream Json(string text) => new(Encoding.UTF8.GetBytes(text));
}
