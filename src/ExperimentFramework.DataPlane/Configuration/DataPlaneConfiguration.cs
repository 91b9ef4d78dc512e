using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Binds the section <c>DataPlane</c> of the application's configuration, if there is one, and provides its change token. It is not registered as
/// a change token source: the options monitor, which a host creates for each options type validated at start-up, would throw invalid values
/// into the code that triggered the reload.
/// </summary>
internal sealed class DataPlaneConfiguration(IConfiguration? configuration = null) : IConfigureOptions<DataPlaneOptions>
{
    public const string SectionName = ConfigurationKeyValidator.SectionName;

    private static readonly CancellationChangeToken Never = new(CancellationToken.None);

    public void Configure(DataPlaneOptions options)
    {
        if (configuration?.GetSection(SectionName) is { } section)
        {
            UnknownSections.Check(configuration);
            ConfigurationKeyValidator.Check(section);
            RedactionSectionValidator.Check(section);
            ConfigurationEnumValidator.Check(section);
            DurationValidator.Check(section);
            section.Bind(options);
        }
    }

    /// <summary>The subsections that the data plane does not read and that are not likely to be meant for it.</summary>
    public IEnumerable<string> UnreadSections => configuration is null ? [] : UnknownSections.Of(configuration.GetSection(SectionName));

    public IChangeToken GetChangeToken() => configuration?.GetReloadToken() ?? Never;
}
