using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>Binds the section <c>DataPlane:Files</c> of the application's configuration, if there is one, to the options of every file destination.</summary>
internal sealed class FileDataBackplaneConfiguration(IConfiguration? configuration = null) : IConfigureNamedOptions<FileDataBackplaneOptions>
{
    private static readonly string[] Names =
    [
        nameof(FileDataBackplaneOptions.RollBytes),
        nameof(FileDataBackplaneOptions.RollInterval),
        nameof(FileDataBackplaneOptions.Durability),
        nameof(FileDataBackplaneOptions.Format),
        nameof(FileDataBackplaneOptions.Compression),
        nameof(FileDataBackplaneOptions.Layout),
        nameof(FileDataBackplaneOptions.RetentionAge),
        nameof(FileDataBackplaneOptions.RetentionBytes),
    ];

    public void Configure(FileDataBackplaneOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, FileDataBackplaneOptions options)
    {
        if (ConfigurationKeyValidator.OfDestination(configuration, ConfigurationKeyValidator.FilesSection) is not { } section)
        {
            return;
        }

        ConfigurationKeyValidator.RequireValues(section, Names);
        ConfigurationEnumValidator.Require<FileDurability>(section.GetSection(nameof(options.Durability)));
        ConfigurationEnumValidator.Require<EventFormat>(section.GetSection(nameof(options.Format)));
        ConfigurationEnumValidator.Require<FileCompression>(section.GetSection(nameof(options.Compression)));
        ConfigurationEnumValidator.Require<FileLayout>(section.GetSection(nameof(options.Layout)));
        ByteCountValidator.Require(section.GetSection(nameof(options.RollBytes)));
        ByteCountValidator.Require(section.GetSection(nameof(options.RetentionBytes)));
        DurationValidator.RequireUnambiguous(section.GetSection(nameof(options.RollInterval)));
        DurationValidator.RequireUnambiguous(section.GetSection(nameof(options.RetentionAge)));
        section.Bind(options);
    }
}
