namespace ExperimentFramework.DataPlane;

/// <summary>Copies a parameter's value into <see cref="ExposureEvent.Attributes"/> of the exposure of this call.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ExposureAttributeAttribute : Attribute
{
    /// <summary>Names the attribute after the parameter.</summary>
    public ExposureAttributeAttribute()
    {
    }

    /// <summary>Names the attribute.</summary>
    /// <param name="name">The attribute's name in the event.</param>
    public ExposureAttributeAttribute(string name) => Name = name;

    /// <summary>The attribute's name in the event; null for the parameter's name.</summary>
    public string? Name { get; }

    /// <summary>
    /// Whether the value is personal data, which leaves the process only as <see cref="PiiRedactionOptions.PersonalAttributes"/> says. Set to
    /// false, it says that somebody has looked at it and it is not.
    /// </summary>
    public bool Personal { get; set; }
}
