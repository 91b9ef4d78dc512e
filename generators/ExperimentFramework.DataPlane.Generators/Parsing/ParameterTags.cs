using System.Collections.Immutable;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;

namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>The tagged parameters of a member, whose attributes are enumerated once.</summary>
internal sealed class ParameterTags
{
    private static readonly ParameterTags None = new();

    private readonly List<(IParameterSymbol Parameter, AttributeData Tag)> _attributes = [];

    private ParameterTags()
    {
    }

    /// <summary>Gets the subject parameter; null if there is none.</summary>
    public IParameterSymbol? Subject { get; private set; }

    /// <summary>Gets the subject type that the attribute names; null if it names none.</summary>
    public string? SubjectType { get; private set; }

    /// <summary>Gets the tenant parameter; null if there is none.</summary>
    public IParameterSymbol? Tenant { get; private set; }

    /// <summary>Gets the captured parameters, with their attributes.</summary>
    public IReadOnlyList<(IParameterSymbol Parameter, AttributeData Tag)> Attributes => _attributes;

    /// <summary>Reads the parameters of a member.</summary>
    public static ParameterTags Of(ImmutableArray<IParameterSymbol> parameters)
    {
        var tags = None;
        foreach (var parameter in parameters)
        {
            foreach (var attribute in parameter.GetAttributes())
            {
                if (attribute.AttributeClass is { Name: "ExposureSubjectAttribute" or "ExposureTenantAttribute" or "ExposureAttributeAttribute" } type
                    && SymbolName.IsIn(type, WellKnownNames.Namespace))
                {
                    tags = tags == None ? new ParameterTags() : tags;
                    tags.Add(parameter, attribute, type.Name);
                }
            }
        }

        return tags;
    }

    private void Add(IParameterSymbol parameter, AttributeData tag, string name)
    {
        if (name == "ExposureAttributeAttribute")
        {
            _attributes.Add((parameter, tag));
        }
        else if (ExposingMembers.CanBeFormatted(parameter))
        {
            if (name == "ExposureTenantAttribute")
            {
                Tenant ??= parameter;
            }
            else if (Subject is null)
            {
                Subject = parameter;
                SubjectType = AttributeReader.Text(tag);
            }
        }
    }
}
