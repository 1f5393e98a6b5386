import pytest

pytest.register_assert_rewrite("tests.contract.adapter_contract")
