namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>The columns of the subject that an event is about.</summary>
internal sealed class SubjectColumns
{
    private readonly TextColumn _id = new("subject_id", "The subject; null if unknown.", isOptional: true);
    private readonly TextColumn _type = new("subject_type", "The subject's type.", isOptional: true);
    private readonly TextColumn _tenantId = new("tenant_id", "The subject's tenant.", isOptional: true);

    public IReadOnlyList<Column> All => [_id, _type, _tenantId];

    public void Add(string? id, string? type, string? tenantId)
    {
        _id.Add(id);
        _type.Add(type);
        _tenantId.Add(tenantId);
    }

    public string? Id(int row) => _id[row];

    public string? Type(int row) => _type[row];

    public string? TenantId(int row) => _tenantId[row];
}
