namespace ExperimentFramework.DataPlane;

/// <summary>Copies the value of a parameter into the <see cref="ExposureEvent.Attributes"/> of the call's exposure.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ExposureAttributeAttribute : Attribute
{
    /// <summary>Initializes an attribute that is named after the parameter.</summary>
    public ExposureAttributeAttribute()
    {
    }

    /// <summary>Initializes an attribute with a name.</summary>
    /// <param name="name">The attribute's name in the event.</param>
    public ExposureAttributeAttribute(string name) => Name = name;

    /// <summary>The attribute's name in the event; null to use the parameter's name.</summary>
    public string? Name { get; }

    /// <summary>
    /// Whether the value is personal data, which leaves the process only in the form that <see cref="PiiRedactionOptions.PersonalAttributes"/> specifies.
    /// An explicit false states that the value was reviewed and is not personal data.
    /// </summary>
    public bool Personal { get; set; }
}
