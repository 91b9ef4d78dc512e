using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Binds the section <c>DataPlane</c> of the application's configuration, where it has one, and tells of its changes. It tells only who asks it:
/// an options monitor, which a host has for each options type that is validated at the start, would throw wrong values at whoever reloads.
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

    /// <summary>The subsections that the data plane does not read, and that nothing says are meant for it.</summary>
    public IEnumerable<string> UnreadSections => configuration is null ? [] : UnknownSections.Of(configuration.GetSection(SectionName));

    public IChangeToken GetChangeToken() => configuration?.GetReloadToken() ?? Never;
}
