namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>Receives the attributes of an event, each once and only those with a value.</summary>
internal interface IAttributeVisitor
{
    void Text(AttributeName name, string value);

    void Id(AttributeName name, Guid value);

    void Boolean(AttributeName name, bool value);

    void Integer(AttributeName name, long value);

    void Number(AttributeName name, double value);

    /// <summary>Receives a value under a name that the application chose.</summary>
    /// <param name="prefix">The beginning of the name.</param>
    /// <param name="name">The rest of the name.</param>
    /// <param name="value">One of the types of <see cref="AttributeValue"/>.</param>
    void Value(AttributeName prefix, string name, object value);
}
