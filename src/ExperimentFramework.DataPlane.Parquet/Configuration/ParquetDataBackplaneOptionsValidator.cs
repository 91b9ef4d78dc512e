using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>Validates <see cref="ParquetDataBackplaneOptions"/> at start-up. Each message names the option, its value and its range.</summary>
/// <param name="configuration">The configuration of the application, whose keys messages name; null if the options are not bound from one.</param>
internal sealed class ParquetDataBackplaneOptionsValidator(IConfiguration? configuration = null) : IValidateOptions<ParquetDataBackplaneOptions>
{
    public ValidateOptionsResult Validate(string? name, ParquetDataBackplaneOptions options)
    {
        var failures = new OptionFailures<ParquetDataBackplaneOptions>(ConfigurationKeyValidator.OfDestination(configuration, ConfigurationKeyValidator.ParquetSection));
        failures.Require(nameof(options.RollBytes), options.RollBytes, ParquetDataBackplaneOptionRanges.RollBytes);
        failures.Require(nameof(options.RollInterval), options.RollInterval, ParquetDataBackplaneOptionRanges.RollInterval);
        failures.Require(nameof(options.RowGroupRows), options.RowGroupRows, ParquetDataBackplaneOptionRanges.RowGroupRows);
        failures.RequireDefined(nameof(options.Durability), options.Durability);
        failures.RequireDefined(nameof(options.Layout), options.Layout);
        foreach (var (attribute, type) in options.AttributeColumns)
        {
            failures.RequireDefined($"{nameof(options.AttributeColumns)}[\"{attribute}\"]", type);
            if (string.IsNullOrWhiteSpace(attribute))
            {
                failures.Add(nameof(options.AttributeColumns), $"has an attribute without a name; name the attribute whose values get a column.");
            }
        }

        foreach (var names in options.AttributeColumns.Keys.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(names => names.Count() > 1))
        {
            failures.Add(nameof(options.AttributeColumns), $"has the attributes {string.Join(" and ", names.Order(StringComparer.Ordinal))}, whose names differ only in case: queries take their columns for one. Give one of them a column.");
        }

        foreach (var attribute in options.AttributeColumns.Keys.Where(static attribute => AttributeColumnNames.Types.Equals(AttributeColumnNames.Of(attribute), StringComparison.OrdinalIgnoreCase)))
        {
            failures.Add(nameof(options.AttributeColumns), $"has the attribute {attribute}, whose column {AttributeColumnNames.Of(attribute)} would be one of the table's own: what is written could not be read. Leave it in the map, or rename the attribute.");
        }

        return failures.Result;
    }
}
