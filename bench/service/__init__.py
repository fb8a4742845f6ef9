"""The service under load: a stated mix of reads and writes by 50 users, while two plans are being solved."""
