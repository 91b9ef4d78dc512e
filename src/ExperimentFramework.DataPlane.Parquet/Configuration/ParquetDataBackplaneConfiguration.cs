using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>Binds the section <c>DataPlane:Parquet</c> of the application's configuration, if there is one, to the options of every Parquet destination.</summary>
internal sealed class ParquetDataBackplaneConfiguration(IConfiguration? configuration = null) : IConfigureNamedOptions<ParquetDataBackplaneOptions>
{
    private static readonly string[] Names =
    [
        nameof(ParquetDataBackplaneOptions.RollBytes),
        nameof(ParquetDataBackplaneOptions.RollInterval),
        nameof(ParquetDataBackplaneOptions.Durability),
        nameof(ParquetDataBackplaneOptions.Layout),
        nameof(ParquetDataBackplaneOptions.RowGroupRows),
        nameof(ParquetDataBackplaneOptions.AttributeColumns),
    ];

    public void Configure(ParquetDataBackplaneOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, ParquetDataBackplaneOptions options)
    {
        if (ConfigurationKeyValidator.OfDestination(configuration, ConfigurationKeyValidator.ParquetSection) is not { } section)
        {
            return;
        }

        ConfigurationKeyValidator.RequireValues(section, Names, nameof(options.AttributeColumns));
        ConfigurationEnumValidator.Require<FileDurability>(section.GetSection(nameof(options.Durability)));
        ConfigurationEnumValidator.Require<FileLayout>(section.GetSection(nameof(options.Layout)));
        ByteCountValidator.Require(section.GetSection(nameof(options.RollBytes)));
        DurationValidator.RequireUnambiguous(section.GetSection(nameof(options.RollInterval)));
        foreach (var attribute in section.GetSection(nameof(options.AttributeColumns)).GetChildren())
        {
            ConfigurationEnumValidator.Require<ParquetAttributeType>(attribute);
        }

        section.Bind(options);
    }
}
