namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>Collects attributes for a log entry.</summary>
internal readonly struct LogAttributes(List<KeyValuePair<string, object?>> items) : IAttributeVisitor
{
    private static readonly object True = true;
    private static readonly object False = false;
    private static readonly object One = 1.0;

    public void Text(AttributeName name, string value) => items.Add(new(name.Text, value));

    public void Id(AttributeName name, Guid value) => items.Add(new(name.Text, value.ToString()));

    public void Boolean(AttributeName name, bool value) => items.Add(new(name.Text, value ? True : False));

    public void Integer(AttributeName name, long value) => items.Add(new(name.Text, value));

    public void Number(AttributeName name, double value) => items.Add(new(name.Text, value == 1 ? One : value));

    public void Value(AttributeName prefix, string name, object value) => items.Add(new(prefix.Text + name, value));
}
