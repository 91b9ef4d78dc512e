using System.Text.RegularExpressions;
using ExperimentFramework.DataPlane.AspNetCore;
using ExperimentFramework.DataPlane.Dashboard;
using ExperimentFramework.DataPlane.EventHubs;
using ExperimentFramework.DataPlane.Kafka;
using ExperimentFramework.DataPlane.OpenTelemetry;
using ExperimentFramework.DataPlane.Parquet;
using ExperimentFramework.DataPlane.PostgreSql;
using ExperimentFramework.DataPlane.Redis;
using ExperimentFramework.DataPlane.Science;
using ExperimentFramework.DataPlane.Sqlite;
using ExperimentFramework.DataPlane.Streams;

namespace ExperimentFramework.DataPlane.Documentation.Tests;

/// <summary>Every option is documented, and every option that a page names exists.</summary>
public sealed partial class OptionTests
{
    [Fact]
    public void Every_option_that_is_a_number_or_a_time_has_a_range_that_the_analyzers_know() => Assert.Empty(
        from type in OptionsPage.Types
        from option in type.GetProperties()
        let value = Nullable.GetUnderlyingType(option.PropertyType) ?? option.PropertyType
        where value == typeof(int) || value == typeof(long) || value == typeof(double) || value == typeof(TimeSpan)
        where OptionsPage.Range(option) is null
        select $"{type.Name}.{option.Name}: declare its range in {type.Name[..^1]}Ranges");

    [Fact]
    public void The_page_of_options_is_generated_from_the_types() => Page.AssertGenerated("docs/reference/options.md", OptionsPage.Text);

    [Fact]
    public void Every_option_type_of_every_package_is_on_the_page()
    {
        var types = new[] { typeof(DataPlaneOptions), typeof(DropReasons), typeof(ExperimentDashboardOptions), typeof(EventHubsAmqpDataBackplaneOptions), typeof(ExperimentMonitorOptions), typeof(ExperimentMonitorStreamsOptions), typeof(HttpSubjectOptions), typeof(KafkaDataBackplaneOptions), typeof(OtlpDataBackplaneOptions), typeof(ParquetDataBackplaneOptions), typeof(PostgreSqlDataBackplaneOptions), typeof(RedisAssignmentStoreOptions), typeof(SqliteOutboxOptions) }
            .Select(type => type.Assembly)
            .SelectMany(assembly => assembly.GetExportedTypes())
            .Where(type => type is { IsClass: true } && type.Name.EndsWith("Options", StringComparison.Ordinal));

        Assert.Equal(types.Select(type => type.Name).Order(), OptionsPage.Types.Select(type => type.Name).Order());
    }

    [Fact]
    public void Every_option_that_a_page_names_with_its_type_exists()
    {
        var options = OptionsPage.Types.SelectMany(type => type.GetProperties().Select(option => $"{type.Name}.{option.Name}")).ToHashSet();

        Assert.Empty(Page.All.SelectMany(page => QualifiedOption().Matches(page.Text)
            .Where(match => OptionsPage.Types.Any(type => type.Name == match.Groups[1].Value) && !options.Contains(match.Value))
            .Select(match => $"{page.Name}: {match.Value}")));
    }

    [Fact]
    public void Every_option_in_a_table_of_options_exists()
    {
        var options = OptionsPage.Types.SelectMany(type => type.GetProperties()).Select(option => option.Name).ToHashSet();
        var named = Page.All.SelectMany(page => OptionTable().Matches(page.Text)
            .SelectMany(table => FirstCell().Matches(table.Groups[1].Value))
            .SelectMany(cell => Code().Matches(cell.Groups[1].Value))
            .Select(name => (page.Name, Option: name.Groups[1].Value.Split('.')[^1])));

        Assert.DoesNotContain(named, option => !options.Contains(option.Option));
    }

    [GeneratedRegex(@"\b(\w+Options)\.(\w+)")]
    private static partial Regex QualifiedOption();

    [GeneratedRegex(@"(?m)^\| (?:option|switch) \|.*\n\|[ -|]*\n((?:\|.*\n)*)")]
    private static partial Regex OptionTable();

    [GeneratedRegex(@"(?m)^\| ([^|]*) \|")]
    private static partial Regex FirstCell();

    [GeneratedRegex("`([A-Z][A-Za-z.]*)`")]
    private static partial Regex Code();
}
